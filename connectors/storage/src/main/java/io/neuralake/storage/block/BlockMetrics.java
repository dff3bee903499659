package io.neuralake.storage.block;

import java.util.concurrent.atomic.LongAdder;

/// Counts what a cache of blocks fetched and found. Thread-safe.
public final class BlockMetrics {
    private final LongAdder requests = new LongAdder();
    private final LongAdder fetchedBytes = new LongAdder();
    private final LongAdder diskBytes = new LongAdder();
    private final LongAdder hits = new LongAdder();

    void found(int blocks) {
        hits.add(blocks);
    }

    void fetched(long bytes) {
        requests.increment();
        fetchedBytes.add(bytes);
    }

    void readFromDisk(long bytes) {
        diskBytes.add(bytes);
    }

    /// Returns how many requests fetched blocks.
    public long requests() {
        return requests.sum();
    }

    /// Returns the bytes that they brought.
    public long fetchedBytes() {
        return fetchedBytes.sum();
    }

    /// Returns the bytes that came from the cache on disk.
    public long diskBytes() {
        return diskBytes.sum();
    }

    /// Returns how many blocks were found in memory, or on their way, when they were read.
    public long hits() {
        return hits.sum();
    }
}
