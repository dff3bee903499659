package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.commit.CommitLog;
import io.neuralake.connector.delta.log.ActionTypes;
import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.delta.log.LogAction;
import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogContents.Entry;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.VacuumMarks;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.ParallelTasks;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/// Deletes the files of a table that no version needs which is younger than a retention: all that are neither
/// active, nor removed since then, nor deletion vectors of either, nor younger themselves, since a commit may be under way that names
/// them. Which were removed, commits tell where checkpoints have forgotten it; versions of commits that are gone as well cannot be
/// read in any case. What is hidden, below `_` or `.`, is not the table's to delete, but for changed rows, partitions of
/// columns of such names, and unfinished files of ours.
public final class Vacuum {
    private static final int BATCH = 1000;
    private static final int PARALLEL_READS = 8;
    private static final Pattern COMMIT = Pattern.compile("\\d{20}\\.json");

    /// What writers leave that were stopped.
    private static final Pattern UNFINISHED =
            Pattern.compile("\\.tmp-.+|\\..+\\.(?:parquet|bin)\\.tmp");

    private final TableLog log;
    private final String folder;
    private final BiFunction<String, DeletionVector, @Nullable String> vectorPaths;
    private final CommitLog sink;
    private final InstantSource clock;

    /// @param folder the table's folder
    /// @param vectorPaths finds the file of a deletion vector by the table's folder; null for an inline one
    /// @param sink takes the commits that say so
    public Vacuum(
            TableLog log,
            String folder,
            BiFunction<String, DeletionVector, @Nullable String> vectorPaths,
            CommitLog sink,
            InstantSource clock) {
        this.log = log;
        this.folder = folder;
        this.vectorPaths = vectorPaths;
        this.sink = sink;
        this.clock = clock;
    }

    /// Deletes files. Throws INVALID_PARAMETER for a retention that could harm running queries and
    /// writers, UNSUPPORTED for a table with a feature that is not known.
    ///
    /// @param retention null for the table's own
    /// @param dryRun whether to tell only
    /// @return the paths, relative to the table's folder
    public List<String> run(@Nullable Duration retention, boolean dryRun) {
        LogContents contents = log.reader().contents(null);
        FeatureCheck.checkMaintained(contents.state().protocol(), folder);
        TableProperties properties = new TableProperties(contents.state().metadata().properties());
        Duration kept = checked(retention, properties);
        long oldest = clock.millis() - kept.toMillis();
        Set<String> needed = needed(contents, oldest);
        List<StoredEntry> unneeded = new ArrayList<>();
        long bytes = 0;
        TableSchema schema = contents.state().metadata().schema();
        for (StoredEntry file : log.store().allFiles(folder)) {
            if (file.modifiedMillis() < oldest
                    && !needed.contains(file.path())
                    && !isHidden(relative(file.path()), schema)) {
                unneeded.add(file);
                bytes += file.bytes();
            }
        }
        List<String> paths = unneeded.stream().map(file -> relative(file.path())).toList();
        if (!dryRun && !unneeded.isEmpty()) {
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("retentionCheckEnabled", "" + !properties.allowsShortRetention());
            parameters.put(
                    "defaultRetentionMillis", "" + properties.deletedFileRetention().toMillis());
            if (retention != null) {
                parameters.put("specifiedRetentionMillis", "" + retention.toMillis());
            }
            delete(unneeded, bytes, parameters, contents.version());
        }
        return paths;
    }

    private Duration checked(@Nullable Duration retention, TableProperties properties) {
        Duration own = properties.deletedFileRetention();
        if (retention == null) {
            return own;
        }
        if (retention.isNegative()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER, "A retention must not be negative: " + retention);
        }
        if (retention.compareTo(own) < 0 && !properties.allowsShortRetention()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Retention is shorter than the table's, which could delete files that queries"
                            + " and writers still use: "
                            + retention.toHours()
                            + " hours, "
                            + TableProperties.DELETED_FILE_RETENTION
                            + " is "
                            + own.toHours()
                            + " hours; set the table property "
                            + TableProperties.ALLOW_SHORT_RETENTION
                            + " to 'true' to allow it");
        }
        return retention;
    }

    /// Returns the paths of the files that the table needs.
    private Set<String> needed(LogContents contents, long oldestMillis) {
        ActionTypes types = contents.types();
        Set<String> needed = new HashSet<>();
        for (Entry file : contents.files()) {
            add(types, "add", file.row(), needed);
        }
        for (Entry tombstone : contents.tombstones()) {
            if (types.member("remove", tombstone.row(), "deletionTimestamp") instanceof Long millis
                    && millis >= oldestMillis) {
                add(types, "remove", tombstone.row(), needed);
            }
        }
        removedBefore(contents.state().baseVersion(), oldestMillis, needed);
        return needed;
    }

    /// Adds what commits removed since a time. Checkpoints keep tombstones as long as the table wanted when they were written,
    /// which may be less.
    ///
    /// @param checkpoint the version whose checkpoint was read; -1 for none
    private void removedBefore(long checkpoint, long oldestMillis, Set<String> into) {
        List<Long> versions = new ArrayList<>();
        for (StoredEntry entry : log.store().children(log.folder())) {
            if (COMMIT.matcher(entry.name()).matches() && entry.modifiedMillis() >= oldestMillis) {
                long version = Long.parseLong(entry.name().substring(0, 20));
                if (version <= checkpoint) {
                    versions.add(version);
                }
            }
        }
        ParallelTasks.run(
                versions,
                PARALLEL_READS,
                version -> {
                    for (LogAction action : commit(version)) {
                        if (action instanceof LogAction.RemoveFile file
                                && file.deletedMillis() >= oldestMillis) {
                            synchronized (into) {
                                add(file.path(), file.deletionVector(), into);
                            }
                        }
                    }
                });
    }

    /// Returns a commit; nothing if the log has been cleared of it meanwhile.
    private List<LogAction> commit(long version) {
        try {
            return log.reader().commit(version);
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.FILE_NOT_FOUND) {
                return List.of();
            }
            throw e;
        }
    }

    private void add(ActionTypes types, String kind, List<@Nullable Object> row, Set<String> into) {
        String path = (String) Objects.requireNonNull(types.member(kind, row, "path"));
        add(path, types.deletionVector(kind, row), into);
    }

    private void add(String path, @Nullable DeletionVector vector, Set<String> into) {
        into.add(FilePath.resolve(folder, path));
        String vectorPath = vector == null ? null : vectorPaths.apply(folder, vector);
        if (vectorPath != null) {
            into.add(vectorPath);
        }
    }

    private String relative(String path) {
        return path.substring(folder.length() + 1);
    }

    private static boolean isHidden(String relative, TableSchema schema) {
        String[] names = relative.split("/");
        for (int i = 0; i < names.length; i++) {
            String name = names[i];
            boolean marked = name.startsWith("_") || name.startsWith(".");
            if (marked
                    && !name.equals("_change_data")
                    && !isPartition(name, schema)
                    && !(i == names.length - 1 && UNFINISHED.matcher(name).matches())) {
                return true;
            }
        }
        // Where Iceberg's readers find the same files.
        return names[0].equals("metadata");
    }

    private static boolean isPartition(String name, TableSchema schema) {
        for (int i = 0; i < schema.schema().size(); i++) {
            if (schema.isPartition(i)
                    && (name.startsWith(schema.schema().field(i).name() + "=")
                            || name.startsWith(schema.names().get(i).physicalName() + "="))) {
                return true;
            }
        }
        return false;
    }

    /// Says that it begins, so that nobody brings files back from then on, and deletes all but those that others have brought back
    /// before.
    ///
    /// @param seen the version in which nothing needs the files
    private void delete(
            List<StoredEntry> files, long bytes, Map<String, String> parameters, long seen) {
        VacuumCommits commits = new VacuumCommits(log, sink, clock);
        commits.add(
                VacuumMarks.START,
                parameters,
                Map.of("numFilesToDelete", "" + files.size(), "sizeOfDataToDelete", "" + bytes));
        int deleted = 0;
        String status = "FAILED";
        TreeSet<String> folders = new TreeSet<>();
        Set<String> broughtBack = new HashSet<>();
        long checked = seen;
        try {
            for (int from = 0; from < files.size(); from += BATCH) {
                // Programs that do not look for the beginning may bring files back after it.
                for (long newest = log.newest().version(); checked < newest; checked++) {
                    added(checked + 1, broughtBack);
                }
                List<String> paths =
                        files.subList(from, Math.min(files.size(), from + BATCH)).stream()
                                .map(StoredEntry::path)
                                .filter(path -> !broughtBack.contains(path))
                                .toList();
                log.store().delete(paths);
                deleted += paths.size();
                paths.forEach(path -> addFolders(path, folders));
            }
            deleteEmpty(folders);
            status = "COMPLETED";
        } finally {
            commits.add(
                    VacuumMarks.END,
                    Map.of("status", status),
                    Map.of(
                            "numDeletedFiles",
                            "" + deleted,
                            "numVacuumedDirectories",
                            "" + (folders.size() + 1)));
        }
    }

    /// Adds the files that a commit makes part of the table.
    private void added(long version, Set<String> into) {
        for (LogAction action : log.commit(version)) {
            if (action instanceof AddFile file) {
                add(file.path(), file.deletionVector(), into);
            }
        }
    }

    private void addFolders(String path, Set<String> into) {
        String at = path;
        while (at.lastIndexOf('/') > folder.length()) {
            at = at.substring(0, at.lastIndexOf('/'));
            into.add(at);
        }
    }

    /// Deletes folders that have become empty, the inner ones first. A store without folders has none.
    private void deleteEmpty(TreeSet<String> folders) {
        ObjectStore store = log.store();
        for (String path : folders.descendingSet()) {
            if (store.entry(path).filter(StoredEntry::folder).isPresent()
                    && store.children(path).isEmpty()) {
                store.delete(List.of(path));
            }
        }
    }
}
