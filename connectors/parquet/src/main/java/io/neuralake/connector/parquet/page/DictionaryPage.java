package io.neuralake.connector.parquet.page;

import io.neuralake.spi.batch.DataBuffer;

/// A decompressed dictionary page: plain values.
///
/// @param values number of values
/// @param data encoded values
/// @param buffer memory of `data`
public record DictionaryPage(int values, Slice data, DataBuffer buffer) implements AutoCloseable {
    @Override
    public void close() {
        buffer.release();
    }
}
