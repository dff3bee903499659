package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.commit.CommitLog;
import io.neuralake.connector.delta.log.ActionTypes;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogContents.Entry;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
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
/// them. What is hidden, below `_` or `.`, is not the table's to delete, but for changed rows, partitions of
/// columns of such names, and unfinished files of ours.
public final class Vacuum {
    private static final int BATCH = 1000;

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
        if (!dryRun) {
            Map<String, String> parameters = new LinkedHashMap<>();
            parameters.put("retentionCheckEnabled", "" + !properties.allowsShortRetention());
            parameters.put(
                    "defaultRetentionMillis", "" + properties.deletedFileRetention().toMillis());
            if (retention != null) {
                parameters.put("specifiedRetentionMillis", "" + retention.toMillis());
            }
            delete(unneeded, bytes, parameters);
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
        return needed;
    }

    private void add(ActionTypes types, String kind, List<@Nullable Object> row, Set<String> into) {
        String path = (String) Objects.requireNonNull(types.member(kind, row, "path"));
        into.add(FilePath.resolve(folder, path));
        DeletionVector vector = types.deletionVector(kind, row);
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

    private void delete(List<StoredEntry> files, long bytes, Map<String, String> parameters) {
        VacuumCommits commits = new VacuumCommits(log, sink, clock);
        commits.add(
                "VACUUM START",
                parameters,
                Map.of("numFilesToDelete", "" + files.size(), "sizeOfDataToDelete", "" + bytes));
        int deleted = 0;
        String status = "FAILED";
        TreeSet<String> folders = new TreeSet<>();
        try {
            for (int from = 0; from < files.size(); from += BATCH) {
                List<String> paths =
                        files.subList(from, Math.min(files.size(), from + BATCH)).stream()
                                .map(StoredEntry::path)
                                .toList();
                log.store().delete(paths);
                deleted += paths.size();
                paths.forEach(path -> addFolders(path, folders));
            }
            deleteEmpty(folders);
            status = "COMPLETED";
        } finally {
            commits.add(
                    "VACUUM END",
                    Map.of("status", status),
                    Map.of(
                            "numDeletedFiles",
                            "" + deleted,
                            "numVacuumedDirectories",
                            "" + (folders.size() + 1)));
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
