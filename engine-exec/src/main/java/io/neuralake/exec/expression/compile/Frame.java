package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.EvaluationMemory;
import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// The rows that an expression is evaluated over.
///
/// @param columns the input's columns, by position; entries that the expression does not read may be
///     missing
/// @param active rows whose values and errors count; null for all. Bits behind are clear
record Frame(
        EvaluationMemory memory,
        @Nullable Column[] columns,
        int rowCount,
        @Nullable MemorySegment active) {
    /// Returns a frame of the same rows of which fewer count.
    Frame narrowed(MemorySegment bits) {
        return new Frame(memory, columns, rowCount, bits);
    }

    /// Returns a frame of one row over other columns.
    Frame single(@Nullable Column[] singleColumns) {
        return new Frame(memory, singleColumns, 1, null);
    }

    /// Lends a bitmap with undefined contents.
    DataBuffer bitmap() {
        return memory.scratch(Bitmap.bytes(rowCount));
    }

    /// Lends a bitmap of the rows that count.
    DataBuffer activeBits() {
        DataBuffer bits = bitmap();
        if (active == null) {
            Bitmap.fill(bits.segment(), rowCount);
        } else {
            BitmapKernels.copy(active, rowCount, bits.segment());
        }
        return bits;
    }

    /// Tells whether any row counts.
    boolean anyActive() {
        return active == null ? rowCount > 0 : !BitmapKernels.isEmpty(active, rowCount);
    }
}
