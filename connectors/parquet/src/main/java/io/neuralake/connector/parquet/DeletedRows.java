package io.neuralake.connector.parquet;

import java.lang.foreign.MemorySegment;

/// Rows of a file that are no longer part of the table. Immutable; thread-safe.
public interface DeletedRows {
    /// Returns how many there are in the whole file.
    long count();

    /// Clears the bits of deleted rows in a bitmap.
    ///
    /// @param from position in the file of the row of bit 0
    /// @param rows number of rows that the bitmap has
    /// @param bitmap one bit a row, all set
    /// @return how many bits were cleared
    int clear(long from, int rows, MemorySegment bitmap);
}
