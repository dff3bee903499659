package io.neuralake.spi.connector;

import io.neuralake.spi.batch.Batch;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// Reads all splits of a scan in their order, outside of queries: the reading thread waits where a worker of a
/// query would turn to other work. For one thread.
public final class DirectScan implements AutoCloseable {
    private final Connector connector;
    private final ScanRequest request;
    private final SplitSource splits;
    private final ScanContext context;
    private @Nullable BatchSource source;

    /// Starts reading.
    ///
    /// @param splits of the request; closed with the scan
    /// @param context stays the caller's
    public DirectScan(
            Connector connector, ScanRequest request, SplitSource splits, ScanContext context) {
        this.connector = connector;
        this.request = request;
        this.splits = splits;
        this.context = context;
    }

    /// Returns the next batch, which the caller closes; null at the end. Throws what the source throws.
    public @Nullable Batch read() {
        while (true) {
            BatchSource open = source;
            if (open == null) {
                Optional<? extends Split> split = splits.next();
                if (split.isEmpty()) {
                    return null;
                }
                open = connector.open(split.get(), request, context);
                source = open;
            }
            switch (open.read()) {
                case ReadResult.Ready ready -> {
                    return ready.batch();
                }
                case ReadResult.Blocked blocked -> blocked.until().join();
                case ReadResult.Finished _ -> {
                    open.close();
                    source = null;
                }
            }
        }
    }

    @Override
    public void close() {
        if (source != null) {
            source.close();
            source = null;
        }
        splits.close();
    }
}
