package io.neuralake.exec.operator.window;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;

/// Computes one window function over sorted rows. Belongs to one worker.
interface WindowEvaluator extends AutoCloseable {
    /// Returns the results at positions `from` to `from + count`, which the caller owns. Called for
    /// all positions in ascending order.
    Column evaluate(int from, int count, MemoryAllocator allocator);

    @Override
    default void close() {}
}
