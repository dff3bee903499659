package io.neuralake.exec.operator;

/// Turns batches into batches within a pipeline. Immutable but for what its workers share.
public interface StreamingOperator extends AutoCloseable {
    /// Makes the state of one worker. Scratch is allocated here.
    StreamingWorker newWorker(WorkerContext context);

    /// Frees what the workers shared, after the last worker was closed; idempotent.
    @Override
    default void close() {}
}
