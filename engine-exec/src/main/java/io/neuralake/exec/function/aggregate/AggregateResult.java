package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;

/// Makes the result column of one aggregate from the states of its accumulators.
@FunctionalInterface
public interface AggregateResult {
    /// Returns the results of groups `from` to `from + count`, which the caller owns.
    Column column(int from, int count, MemoryAllocator allocator);
}
