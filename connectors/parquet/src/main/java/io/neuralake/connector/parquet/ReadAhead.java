package io.neuralake.connector.parquet;

import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.connector.SplitSource;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;

/// Hands out splits of remote files, and fetches the next ones meanwhile: the more were taken, the more, so that who
/// wants a few rows alone costs little.
final class ReadAhead implements SplitSource {
    private static final int MAX_SPLITS = 16;
    private static final long MAX_BYTES = 64L << 20;

    private final ParquetConnector connector;
    private final ScanRequest request;
    private final Supplier<Optional<? extends Split>> splits;
    private final Queue<FetchedSplit> ahead = new ArrayDeque<>();
    private final List<SplitFetch> fetches = new ArrayList<>();
    private long aheadBytes;
    private int taken;
    private boolean ended;

    ReadAhead(
            ParquetConnector connector,
            ScanRequest request,
            Supplier<Optional<? extends Split>> splits) {
        this.connector = connector;
        this.request = request;
        this.splits = splits;
    }

    @Override
    public synchronized Optional<? extends Split> next() {
        fetchUpTo(1);
        FetchedSplit next = ahead.poll();
        if (next == null) {
            return Optional.empty();
        }
        aheadBytes -= next.bytes();
        taken++;
        fetchUpTo(Math.min(taken, MAX_SPLITS));
        return Optional.of(next);
    }

    private void fetchUpTo(int count) {
        while (!ended && ahead.size() < count && (ahead.isEmpty() || aheadBytes < MAX_BYTES)) {
            Optional<? extends Split> split = splits.get();
            if (split.isEmpty()) {
                ended = true;
                return;
            }
            ParquetSplit wanted = (ParquetSplit) split.get();
            SplitFetch fetch = connector.fetch(wanted, request, request.predicates());
            fetches.removeIf(SplitFetch::isClosed);
            fetches.add(fetch);
            ahead.add(new FetchedSplit(wanted, fetch));
            aheadBytes += wanted.bytes();
        }
    }

    /// Lets go of what was fetched for splits that nobody opened.
    @Override
    public synchronized void close() {
        ended = true;
        fetches.forEach(SplitFetch::close);
        fetches.clear();
        ahead.clear();
    }
}
