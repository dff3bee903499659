package io.neuralake.spi.arrow;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Which rows of a column to append: a range, or int32 indexes.
///
/// @param indexes one int32 a row, or null for the range from `start`
record RowSource(@Nullable MemorySegment indexes, int start, int count) {
    /// Returns the column's row for the `i`th row to append.
    int row(int i) {
        return indexes == null
                ? start + i
                : indexes.get(ValueLayout.JAVA_INT_UNALIGNED, (start + (long) i) << 2);
    }
}
