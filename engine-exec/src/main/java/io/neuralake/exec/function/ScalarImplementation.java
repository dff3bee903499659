package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;

/// Computes one call of a function over batches. Belongs to one worker.
@FunctionalInterface
public interface ScalarImplementation extends AutoCloseable {
    /// Computes a column of `input.rowCount()` rows, lent by the input's memory. Throws an error of a
    /// live row only.
    Column evaluate(FunctionInput input);

    /// Frees scratch; idempotent.
    @Override
    default void close() {}
}
