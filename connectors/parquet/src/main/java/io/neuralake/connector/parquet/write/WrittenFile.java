package io.neuralake.connector.parquet.write;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What is known of a file that was written.
///
/// @param rowCount number of rows
/// @param bytes size
/// @param columns leaves in the order of the schema, but one entry for what is a list or map
public record WrittenFile(long rowCount, long bytes, List<Column> columns) {
    /// Copies the list.
    public WrittenFile {
        columns = List.copyOf(columns);
    }

    /// What is known of a column or member.
    ///
    /// @param path names from the column down
    /// @param nulls number of rows in which it or what holds it is null
    /// @param minimum the least value in the Java form of its type, texts as UTF-8 bytes; null when there is none,
    ///     when one is NaN, and for lists and maps
    /// @param maximum the greatest value
    public record Column(
            List<String> path, long nulls, @Nullable Object minimum, @Nullable Object maximum) {
        /// Copies the list.
        public Column {
            path = List.copyOf(path);
        }
    }
}
