package io.neuralake.connector.parquet.file;

import io.neuralake.spi.batch.DataBuffer;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// An open file whose bytes are read by range. Thread-safe.
public interface DataFile extends AutoCloseable {
    /// Returns the path, for messages.
    String path();

    /// Returns what the file system knows the file by, whatever its name; null where it does not say.
    @Nullable Object key();

    /// Returns the size in bytes.
    long size();

    /// Tells whether ranges cost nothing until their bytes are read: then whole chunks may be asked for.
    boolean isMapped();

    /// Reads a range. The caller owns one reference of the buffer, which stays valid after the file
    /// was closed. Throws [CorruptFile] for a range outside of the file.
    ///
    /// The bytes may be mapped, and vanish when somebody cuts the file: Java code that reads them
    /// then meets an `InternalError`, but native code ends the process. What native code reads, and
    /// what outlives the reading of the file, is copied with [#copy].
    DataBuffer read(long offset, long bytes);

    /// Copies the range that begins at `offset` to fill `target`. Throws [CorruptFile] for a range
    /// outside of the file.
    void copy(long offset, MemorySegment target);

    @Override
    void close();
}
