package io.neuralake.spi.catalog;

import org.jspecify.annotations.Nullable;

/// What is known of a column's values. Bounds have the Java form of the column's type; they may be
/// wider than the values, never narrower.
///
/// @param minimum lower bound of the values that are not null; null when unknown
/// @param maximum upper bound; null when unknown
/// @param nullCount number of nulls; NaN when unknown
/// @param distinctCount rough number of distinct values; NaN when unknown
/// @param averageBytes mean size of a value; NaN when unknown
public record ColumnStatistics(
        @Nullable Object minimum,
        @Nullable Object maximum,
        double nullCount,
        double distinctCount,
        double averageBytes) {
    /// Nothing is known.
    public static final ColumnStatistics UNKNOWN =
            new ColumnStatistics(null, null, Double.NaN, Double.NaN, Double.NaN);
}
