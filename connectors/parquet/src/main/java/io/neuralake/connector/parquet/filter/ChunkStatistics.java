package io.neuralake.connector.parquet.filter;

import io.neuralake.connector.parquet.schema.LeafColumn;

import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.Statistics;
import org.jspecify.annotations.Nullable;

/// Reads the bounds of a column chunk from its footer entry. Bounds that cannot be trusted are left
/// out: deprecated ones of types whose order old writers got wrong, NaN, values of wrong length.
public final class ChunkStatistics {
    private ChunkStatistics() {}

    /// Returns what the footer knows of the chunk.
    ///
    /// @param ordered true when the footer declares the order of the column's bounds
    public static ValueBounds bounds(LeafColumn leaf, ColumnMetaData meta, boolean ordered) {
        long rows = meta.getNum_values();
        boolean floating = Values.floating(leaf.type());
        Statistics statistics = meta.getStatistics();
        if (statistics == null) {
            return new ValueBounds(null, null, -1, rows, floating);
        }
        long nulls =
                statistics.isSetNull_count()
                                && statistics.getNull_count() >= 0
                                && statistics.getNull_count() <= rows
                        ? statistics.getNull_count()
                        : -1;
        boolean nan = floating && !(statistics.isSetNan_count() && statistics.getNan_count() == 0);
        boolean usable = ordered || Values.signedOrder(leaf);
        Object minimum = null;
        Object maximum = null;
        if (usable && (statistics.isSetMin_value() || statistics.isSetMax_value())) {
            minimum = bound(leaf, statistics.getMin_value());
            maximum = bound(leaf, statistics.getMax_value());
        } else if (Values.signedOrder(leaf)) {
            minimum = bound(leaf, statistics.getMin());
            maximum = bound(leaf, statistics.getMax());
        }
        if (floating && (minimum == null || maximum == null)) {
            // One NaN bound: the writer compared wrongly, so the other says nothing either.
            return new ValueBounds(null, null, nulls, rows, true);
        }
        return new ValueBounds(minimum, maximum, nulls, rows, nan);
    }

    private static @Nullable Object bound(LeafColumn leaf, byte @Nullable [] stored) {
        return stored == null ? null : Values.bound(leaf, stored);
    }
}
