package io.neuralake.connector.delta.log;

import io.neuralake.connector.parquet.filter.ValueBounds;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Makes a file part of the table. Immutable but for what is remembered of its statistics, so that each
/// column's are parsed once as long as the file is part of the table; thread-safe.
public final class AddFile implements LogAction {
    private static final long UNKNOWN = -1;
    private static final long UNREAD = -2;

    private final String path;
    private final Map<String, @Nullable String> partitionValues;
    private final long size;
    private final long modifiedMillis;
    private final @Nullable String statistics;
    private final @Nullable DeletionVector deletionVector;
    private final FileDetails details;
    private volatile long rows = UNREAD;
    private volatile @Nullable Known known;

    private record Known(StoredColumn column, @Nullable ValueBounds bounds, @Nullable Known next) {}

    /// Makes an action on a file that brings new rows and of which there is nothing more to say.
    ///
    /// @param path relative to the table's folder or absolute, percent-encoded
    /// @param partitionValues texts by physical name; not to be changed
    /// @param size in bytes
    /// @param modifiedMillis time of creation, since 1970-01-01 UTC
    /// @param statistics JSON, or null
    public AddFile(
            String path,
            Map<String, @Nullable String> partitionValues,
            long size,
            long modifiedMillis,
            @Nullable String statistics,
            @Nullable DeletionVector deletionVector) {
        this(
                path,
                partitionValues,
                size,
                modifiedMillis,
                statistics,
                deletionVector,
                FileDetails.DATA);
    }

    /// Makes an action; the parameters are those of the other constructor.
    public AddFile(
            String path,
            Map<String, @Nullable String> partitionValues,
            long size,
            long modifiedMillis,
            @Nullable String statistics,
            @Nullable DeletionVector deletionVector,
            FileDetails details) {
        this.path = path;
        this.partitionValues = partitionValues;
        this.size = size;
        this.modifiedMillis = modifiedMillis;
        this.statistics = statistics;
        this.deletionVector = deletionVector;
        this.details = details;
    }

    /// Returns the same file with other details.
    public AddFile withDetails(FileDetails other) {
        return other.equals(details)
                ? this
                : new AddFile(
                        path,
                        partitionValues,
                        size,
                        modifiedMillis,
                        statistics,
                        deletionVector,
                        other);
    }

    /// Returns the same file with other deleted rows.
    ///
    /// @param otherStatistics JSON, whose bounds are marked as not tight
    public AddFile withDeletions(
            @Nullable DeletionVector vector, @Nullable String otherStatistics) {
        return new AddFile(
                path, partitionValues, size, modifiedMillis, otherStatistics, vector, details);
    }

    /// Returns the action that takes the file out of the table.
    ///
    /// @param millis when, since 1970-01-01 UTC
    /// @param dataChange false when the commit only arranges rows in another way
    public RemoveFile removal(long millis, boolean dataChange) {
        return new RemoveFile(
                path,
                deletionVector,
                millis,
                partitionValues,
                size,
                details.withDataChange(dataChange).withClusteringProvider(null));
    }

    /// Returns what identifies the file within a version of the table.
    public FileKey key() {
        return FileKey.of(path, deletionVector);
    }

    /// Returns what the action says beside the file.
    public FileDetails details() {
        return details;
    }

    /// Returns the path, relative to the table's folder or absolute, percent-encoded.
    public String path() {
        return path;
    }

    /// Returns the texts of partition values by physical name.
    public Map<String, @Nullable String> partitionValues() {
        return partitionValues;
    }

    /// Returns the size in bytes.
    public long size() {
        return size;
    }

    /// Returns the time of creation, in milliseconds since 1970-01-01 UTC.
    public long modifiedMillis() {
        return modifiedMillis;
    }

    /// Returns the statistics as JSON, or null.
    public @Nullable String statistics() {
        return statistics;
    }

    /// Returns where its deleted rows are listed; null when there are none.
    public @Nullable DeletionVector deletionVector() {
        return deletionVector;
    }

    /// Returns the number of rows that are part of the table; -1 when statistics do not tell.
    public long rowCount() {
        long stored = storedRows();
        return stored < 0 || deletionVector == null
                ? stored
                : Math.max(0, stored - deletionVector.cardinality());
    }

    /// Returns the number of rows, deleted ones included; -1 when statistics do not tell.
    public long storedRows() {
        long count = rows;
        if (count == UNREAD) {
            count = FileStatistics.rows(statistics);
            rows = count < 0 ? UNKNOWN : count;
        }
        return count;
    }

    /// Names a column as the files have it, which stays the same whatever the table's columns are called and wherever they
    /// stand: versions share files.
    ///
    /// @param names physical names, from the table's column down
    /// @param type as what its values are read, to which it may have been widened
    /// @param partition whether the log has the values
    public record StoredColumn(List<String> names, Type type, boolean partition) {
        /// Copies the list.
        public StoredColumn {
            names = List.copyOf(names);
        }
    }

    /// Returns what is known of a column's values; asks `find` once a column.
    ///
    /// @param find returns null when nothing is known
    public @Nullable ValueBounds bounds(
            StoredColumn column, Function<AddFile, @Nullable ValueBounds> find) {
        for (Known at = known; at != null; at = at.next) {
            if (at.column.equals(column)) {
                return at.bounds;
            }
        }
        ValueBounds bounds = find.apply(this);
        known = new Known(column, bounds, known);
        return bounds;
    }
}
