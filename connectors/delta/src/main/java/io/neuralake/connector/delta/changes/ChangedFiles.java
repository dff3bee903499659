package io.neuralake.connector.delta.changes;

import io.neuralake.connector.delta.log.AddFile;
import io.neuralake.connector.delta.log.CommitChanges;
import io.neuralake.connector.delta.log.CommitChanges.FileChange;
import io.neuralake.connector.delta.log.CommitChanges.Kind;
import io.neuralake.connector.delta.log.DeletionVector;
import io.neuralake.connector.delta.log.FileKey;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.log.TableMetadata;
import io.neuralake.connector.delta.schema.ColumnNames;
import io.neuralake.connector.delta.schema.TableSchema;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/// The files whose rows commits changed, one commit after the other, as far as they are asked for. Not
/// thread-safe.
final class ChangedFiles {
    private static final long MAX_COMMITS = 200;
    private static final int MAX_KEPT_FILES = 1000;

    private final ChangesTable table;
    private final TableLog log;
    private final Queue<Changed> found = new ArrayDeque<>();
    private final Map<Long, CommitChanges> ahead = new HashMap<>();
    private long next;

    /// A file of which all or some rows changed.
    ///
    /// @param type the kind of change; null when the file says
    /// @param live the vector by which its rows are live
    /// @param gone the vector by which those that changed are not; null when it is all live rows
    record Changed(
            long version,
            long millis,
            @Nullable String type,
            String path,
            Map<String, @Nullable String> partitionValues,
            long size,
            @Nullable DeletionVector live,
            @Nullable DeletionVector gone) {}

    ChangedFiles(ChangesTable table) {
        this.table = table;
        this.log = table.last().log();
        this.next = table.from();
    }

    /// Returns the next file; null at the end.
    @Nullable Changed next() {
        while (found.isEmpty() && next <= table.to()) {
            read(next++);
        }
        return found.poll();
    }

    private void read(long version) {
        CommitChanges known = ahead.remove(version);
        CommitChanges commit = known == null ? log.reader().changes(version) : known;
        TableMetadata metadata = commit.metadata();
        if (metadata != null) {
            check(metadata, version);
        } else if (version == table.from() && mayChangeLater()) {
            check(log.version(version).metadata(), version);
        }
        long millis = millis(commit, version);
        boolean listed = commit.files().stream().anyMatch(file -> file.kind() == Kind.CHANGES);
        Map<String, FileChange> removed = new LinkedHashMap<>();
        Map<String, FileChange> added = new LinkedHashMap<>();
        for (FileChange file : commit.files()) {
            String path = FilePath.resolve(table.last().folder(), file.path());
            if (file.kind() == Kind.CHANGES) {
                found.add(changed(version, millis, null, file, null));
            } else if (!listed && file.dataChange()) {
                (file.kind() == Kind.ADD ? added : removed).put(path, file);
            }
        }
        removed.forEach(
                (path, file) -> {
                    FileChange again = added.remove(path);
                    found.add(changed(version, millis, "delete", file, again));
                    // Only what a vector listed before can be there again.
                    if (again != null && file.deletionVector() != null) {
                        found.add(changed(version, millis, "insert", again, file));
                    }
                });
        added.forEach((_, file) -> found.add(changed(version, millis, "insert", file, null)));
    }

    /// @param other the same file before or after; null for none
    private Changed changed(
            long version,
            long millis,
            @Nullable String type,
            FileChange file,
            @Nullable FileChange other) {
        Map<String, @Nullable String> values = file.partitionValues();
        if (values == null && other != null) {
            values = other.partitionValues();
        }
        long size = file.size() < 0 && other != null ? other.size() : file.size();
        return new Changed(
                version,
                millis,
                type,
                FilePath.resolve(table.last().folder(), file.path()),
                values == null ? partitionValues(version, file) : values,
                size,
                file.deletionVector(),
                other == null ? ALL : other.deletionVector());
    }

    /// Stands for no other file: all live rows changed.
    static final DeletionVector ALL = new DeletionVector("", "", null, 0, 0);

    /// Finds the partition of a file that was removed without saying so in the version before.
    private Map<String, @Nullable String> partitionValues(long version, FileChange file) {
        if (table.last().state().metadata().schema().partitionNames().isEmpty()) {
            return Map.of();
        }
        FileKey wanted = FileKey.of(file.path(), file.deletionVector());
        for (AddFile candidate : log.version(version - 1).files()) {
            if (FileKey.of(candidate.path(), candidate.deletionVector()).equals(wanted)) {
                return candidate.partitionValues();
            }
        }
        throw new NeuralakeException(
                ErrorCode.CORRUPT_FILE,
                "Commit " + version + " removes a file that is not there: " + file.path());
    }

    /// Tells whether columns may be others after the first version than after the last. A look at some
    /// commits is cheaper than reading a version, one at many is not.
    private boolean mayChangeLater() {
        boolean changes = table.to() - table.from() > MAX_COMMITS;
        for (long version = table.from() + 1; version <= table.to() && !changes; version++) {
            CommitChanges commit = log.reader().changes(version);
            changes = commit.metadata() != null;
            if (commit.files().size() <= MAX_KEPT_FILES) {
                ahead.put(version, commit);
            }
        }
        return changes;
    }

    private long millis(CommitChanges commit, long version) {
        Long own = commit.inCommitMillis();
        if (own != null && table.last().state().metadata().inCommitTimestamps()) {
            return own;
        }
        return table.millis(version);
    }

    /// Throws UNSUPPORTED when files of a version cannot be read by the columns after the last one.
    private void check(TableMetadata metadata, long version) {
        TableSchema before = metadata.schema();
        TableSchema after = table.last().state().metadata().schema();
        Map<String, Type> types = new HashMap<>();
        for (int i = 0; i < before.schema().size(); i++) {
            types.put(before.names().get(i).physicalName(), before.schema().field(i).type());
        }
        boolean readable = partitions(before).equals(partitions(after));
        for (int i = 0; i < after.schema().size(); i++) {
            Type type = types.get(after.names().get(i).physicalName());
            readable &= type == null || isReadable(type, after.schema().field(i).type());
        }
        if (!readable) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Columns of version "
                            + version
                            + " do not fit those of version "
                            + table.to()
                            + ": ask for the changes of shorter ranges");
        }
    }

    /// Nested types may get members; other types may become wider, which the reader checks.
    private static boolean isReadable(Type before, Type after) {
        return before.equals(after) || before.getClass() == after.getClass();
    }

    private static List<String> partitions(TableSchema schema) {
        return schema.names().stream()
                .map(ColumnNames::physicalName)
                .filter(
                        name -> {
                            for (int i = 0; i < schema.names().size(); i++) {
                                if (schema.names().get(i).physicalName().equals(name)) {
                                    return schema.isPartition(i);
                                }
                            }
                            return false;
                        })
                .toList();
    }
}
