package io.neuralake.exec.operator;

import io.neuralake.spi.batch.Batch;

/// Receives batches from an operator.
@FunctionalInterface
public interface BatchConsumer {
    /// Takes ownership of the batch, also when it throws.
    void accept(Batch batch);
}
