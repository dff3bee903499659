package io.neuralake.connector.parquet;

import io.neuralake.spi.connector.Split;

/// A split of a remote file, and its fetching.
record FetchedSplit(ParquetSplit split, SplitFetch fetch) implements Split {
    @Override
    public long rowCount() {
        return split.rowCount();
    }

    @Override
    public long bytes() {
        return split.bytes();
    }
}
