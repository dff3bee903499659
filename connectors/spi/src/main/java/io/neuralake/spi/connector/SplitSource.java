package io.neuralake.spi.connector;

import java.util.Optional;

/// Hands out the splits of a scan, already pruned by statistics. Thread-safe; the order is free, but
/// the same each time.
public interface SplitSource extends AutoCloseable {
    /// Returns the next split, or empty at the end.
    Optional<? extends Split> next();

    @Override
    default void close() {}
}
