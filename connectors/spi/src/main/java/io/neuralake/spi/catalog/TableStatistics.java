package io.neuralake.spi.catalog;

import java.util.List;

/// Size of a table and statistics of its top-level columns.
///
/// @param rowCount number of rows; NaN when unknown
/// @param bytes stored size; NaN when unknown
/// @param columns one entry a column of the schema, or empty when nothing is known
public record TableStatistics(double rowCount, double bytes, List<ColumnStatistics> columns) {
    /// Nothing is known.
    public static final TableStatistics UNKNOWN =
            new TableStatistics(Double.NaN, Double.NaN, List.of());

    /// Copies the list.
    public TableStatistics {
        columns = List.copyOf(columns);
    }

    /// Returns the statistics of a column; UNKNOWN where there are none.
    public ColumnStatistics column(int ordinal) {
        return ordinal < columns.size() ? columns.get(ordinal) : ColumnStatistics.UNKNOWN;
    }
}
