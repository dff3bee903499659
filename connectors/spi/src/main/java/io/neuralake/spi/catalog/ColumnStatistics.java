package io.neuralake.spi.catalog;

import io.neuralake.spi.statistics.DistinctSketch;

import org.jspecify.annotations.Nullable;

/// What is known of a column's values. Bounds have the Java form of the column's type; they may be
/// wider than the values, never narrower.
///
/// @param minimum lower bound of the values that are not null; null when unknown
/// @param maximum upper bound; null when unknown
/// @param nullCount number of nulls; NaN when unknown
/// @param distinctCount rough number of distinct values; NaN when unknown
/// @param averageBytes mean size of a value; NaN when unknown
/// @param sketch all values by their `ValueHash`, not to be changed; null when there is none
public record ColumnStatistics(
        @Nullable Object minimum,
        @Nullable Object maximum,
        double nullCount,
        double distinctCount,
        double averageBytes,
        @Nullable DistinctSketch sketch) {
    /// Describes a column without sketch.
    public ColumnStatistics(
            @Nullable Object minimum,
            @Nullable Object maximum,
            double nullCount,
            double distinctCount,
            double averageBytes) {
        this(minimum, maximum, nullCount, distinctCount, averageBytes, null);
    }

    /// Nothing is known.
    public static final ColumnStatistics UNKNOWN =
            new ColumnStatistics(null, null, Double.NaN, Double.NaN, Double.NaN);
}
