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
        /// Bytes of pages after decompression, without pages that were not compressed or cached.
        BYTES_DECOMPRESSED,
        /// Time of all threads in decompression.
        DECOMPRESSION_NANOS,
        /// Values, nulls included, in the pages of columns that were read.
        VALUES,
        /// Those of them that were stored as codes of a dictionary.
        VALUES_AS_CODES,
        /// Those of them that were stored as text or bytes.
        VALUES_AS_TEXT,
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
