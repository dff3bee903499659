package io.neuralake.exec.operator;

import io.neuralake.spi.batch.Batch;

import java.util.concurrent.CompletableFuture;

/// One worker's part of a sink. Used by one thread at a time, but for [#combine], which may touch the
/// shared state under the operator's own synchronization.
public interface SinkWorker extends AutoCloseable {
    /// Whether the sink wants more input.
    enum Status {
        NEED_INPUT,
        /// No further input can change the result.
        DONE,
        /// The batch was taken, but wait for [#blockedUntil] before the next.
        BLOCKED
    }

    /// Takes ownership of `input`, also when it throws.
    Status consume(Batch input);

    /// Returns what to wait for after BLOCKED.
    default CompletableFuture<?> blockedUntil() {
        return CompletableFuture.completedFuture(null);
    }

    /// Hands the worker's state to the operator after its last input; called once, not after an
    /// error.
    void combine();

    /// Frees what was not handed over; idempotent.
    @Override
    void close();
}
