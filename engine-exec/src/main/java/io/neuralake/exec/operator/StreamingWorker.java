package io.neuralake.exec.operator;

import io.neuralake.spi.batch.Batch;

/// One worker's part of a streaming operator. Used by one thread at a time.
public interface StreamingWorker extends AutoCloseable {
    /// Whether the operator wants more input.
    enum Status {
        NEED_INPUT,
        /// No further input can change the result: the pipeline may stop reading.
        DONE
    }

    /// Processes a batch and hands any number of batches to `output`. Takes ownership of `input`,
    /// also when it throws.
    Status process(Batch input, BatchConsumer output);

    /// Emits what is left after this worker's last input; called once, not after an error.
    default void finish(BatchConsumer output) {}

    /// Tells whether no input can change the result any more, even before any came: asked before each
    /// read of the source. Cheap.
    default boolean isDone() {
        return false;
    }

    /// Frees the state; idempotent.
    @Override
    void close();
}
