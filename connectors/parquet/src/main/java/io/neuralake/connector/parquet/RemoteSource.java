package io.neuralake.connector.parquet;

import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.ReadResult;

import org.jspecify.annotations.Nullable;

import java.util.function.Supplier;

/// Reads a split of a remote file once what it needs was fetched; no worker waits for it meanwhile. For one
/// thread.
final class RemoteSource implements BatchSource {
    private final SplitFetch fetch;
    private final Supplier<ParquetSource> opening;
    private @Nullable ParquetSource source;
    private boolean closed;

    /// Takes ownership of the fetch.
    RemoteSource(SplitFetch fetch, Supplier<ParquetSource> opening) {
        this.fetch = fetch;
        this.opening = opening;
    }

    @Override
    public ReadResult read() {
        ParquetSource open = source;
        if (open == null) {
            if (!fetch.done().isDone()) {
                return new ReadResult.Blocked(fetch.done());
            }
            open = opening.get();
            source = open;
        }
        return open.read();
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (source != null) {
                source.close();
            }
            fetch.close();
        }
    }
}
