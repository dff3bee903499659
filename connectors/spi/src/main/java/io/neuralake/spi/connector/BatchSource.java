package io.neuralake.spi.connector;

/// Reads one split. Used by one thread at a time.
public interface BatchSource extends AutoCloseable {
    /// Reads the next batch. A READY result's batch belongs to the caller. Never returns an empty
    /// batch twice in a row without progress.
    ReadResult read();

    /// Releases files and buffers; idempotent. Batches handed out stay valid.
    @Override
    void close();
}
