package io.neuralake.connector.parquet;

import io.neuralake.connector.parquet.schema.ParquetField;

import org.jspecify.annotations.Nullable;

/// Where a file has the values of a table's column.
public sealed interface ColumnOrigin {
    /// A column that the file lacks: all its rows are null.
    Constant NULL = new Constant(null);

    /// The rows' positions.
    Position POSITION = new Position();

    /// A column of the file. Its type is the table's, or one that widens to it.
    ///
    /// @param field the column, its members under the names that the table gives them
    /// @param comparable whether bounds of the stored values can be compared with values of the
    ///     table's type; false for a date that the table has as timestamp
    record Stored(ParquetField field, boolean comparable) implements ColumnOrigin {}

    /// One value for all rows of the file.
    ///
    /// @param value in the Java form of the column's type, or null
    record Constant(@Nullable Object value) implements ColumnOrigin {}

    /// The position of the row in the file, from 0, deleted rows counted. The column is BIGINT.
    record Position() implements ColumnOrigin {}
}
