package io.neuralake.exec.operator;

import io.neuralake.spi.connector.ReadResult;

/// One worker's part of a source. Used by one thread at a time.
public interface SourceWorker extends AutoCloseable {
    /// Makes the next batch, which the caller owns. Returns within about 10 ms of work.
    ReadResult produce();

    /// Frees the state; idempotent.
    @Override
    void close();
}
