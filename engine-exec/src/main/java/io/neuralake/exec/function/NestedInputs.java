package io.neuralake.exec.function;

import io.neuralake.exec.kernel.BitmapKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;

import java.lang.foreign.MemorySegment;

/// Prepares the elements of nested columns as arguments.
final class NestedInputs {
    private NestedInputs() {}

    /// Lends a copy of a bitmap whose bits behind the row count are clear.
    static MemorySegment trimmed(EvaluationMemory memory, DataBuffer bits, int rowCount) {
        MemorySegment copy = memory.scratch(Bitmap.bytes(rowCount)).segment();
        BitmapKernels.copy(bits.segment(), rowCount, copy);
        return copy;
    }
}
