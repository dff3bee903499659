package io.neuralake.spi.connector;

import java.util.concurrent.atomic.AtomicLongArray;

/// Counts what a scan read and skipped. Thread-safe.
public final class ScanMetrics {
    /// Names of counters.
    public enum Counter {
        FILES,
        FILES_PRUNED,
        ROW_GROUPS,
        ROW_GROUPS_PRUNED_BY_STATISTICS,
        ROW_GROUPS_PRUNED_BY_DICTIONARY,
        ROW_GROUPS_PRUNED_BY_BLOOM_FILTER,
        PAGES,
        PAGES_FROM_CACHE,
        PAGES_PRUNED,
        BYTES_READ,
        BYTES_PRUNED,
        ROWS_READ,
        ROWS_PRUNED
    }

    private final AtomicLongArray counts = new AtomicLongArray(Counter.values().length);

    /// Adds to a counter.
    public void add(Counter counter, long amount) {
        counts.addAndGet(counter.ordinal(), amount);
    }

    /// Returns a counter.
    public long get(Counter counter) {
        return counts.get(counter.ordinal());
    }
}
