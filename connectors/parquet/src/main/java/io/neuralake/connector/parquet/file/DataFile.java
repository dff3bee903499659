package io.neuralake.connector.parquet.file;

import io.neuralake.spi.batch.DataBuffer;

/// An open file whose bytes are read by range. Thread-safe.
public interface DataFile extends AutoCloseable {
    /// Returns the path, for messages.
    String path();

    /// Returns the size in bytes.
    long size();

    /// Reads a range. The caller owns one reference of the buffer, which stays valid after the file
    /// was closed. Throws [CorruptFile] for a range outside of the file.
    DataBuffer read(long offset, long bytes);

    /// Returns how many bytes behind the range's end may be read as well.
    long readableBehind(long end);

    @Override
    void close();
}
