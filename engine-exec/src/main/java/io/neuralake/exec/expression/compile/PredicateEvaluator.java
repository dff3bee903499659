package io.neuralake.exec.expression.compile;

import io.neuralake.spi.batch.Batch;

import java.lang.foreign.MemorySegment;

/// Evaluates a condition over batches. Belongs to one worker.
public interface PredicateEvaluator extends AutoCloseable {
    /// Finds the selected rows for which the condition is TRUE. The input stays the caller's.
    ///
    /// @param passed receives a bitmap of `input.rowCount()` bits, bits behind clear, a subset of the
    ///     input's selection; `Bitmap.bytes(rowCount)` long
    /// @return the number of bits set
    int evaluate(Batch input, MemorySegment passed);

    /// Frees scratch; idempotent.
    @Override
    void close();
}
