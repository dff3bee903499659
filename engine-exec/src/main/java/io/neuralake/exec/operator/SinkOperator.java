package io.neuralake.exec.operator;

/// Ends one or more pipelines. Its workers collect; [#finish] runs once after the last worker of the
/// last pipeline that feeds it has combined. What it built is then read by a [SourceOperator] or
/// [StreamingOperator] of the same family.
public interface SinkOperator extends AutoCloseable {
    /// Makes the state of one worker. Scratch is allocated here.
    SinkWorker newWorker(WorkerContext context);

    /// Completes the state; single-threaded. Long work should be left to the reading side's workers.
    void finish();

    /// Frees what the sink built, after all readers are done; idempotent.
    @Override
    void close();
}
