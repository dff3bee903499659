package io.neuralake.exec.operator;

/// Begins a pipeline. Immutable but for what its workers share; thread-safe.
public interface SourceOperator extends AutoCloseable {
    /// Makes the state of one worker. Scratch is allocated here.
    SourceWorker newWorker(WorkerContext context);

    /// Tells whether there may be anything to read. Asked once before the first worker is made, when
    /// all pipelines that this waits for are complete; if not, no worker is made.
    default boolean hasWork() {
        return true;
    }

    /// Returns the most workers that make sense; 1 when the order of batches matters.
    default int maxWorkers() {
        return Integer.MAX_VALUE;
    }

    /// Frees what the workers shared, after the last worker was closed; idempotent.
    @Override
    default void close() {}
}
