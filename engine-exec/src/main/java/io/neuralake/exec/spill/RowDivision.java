package io.neuralake.exec.spill;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Says how rows are divided that spill: by a hash of their keys. Thread-safe.
public interface RowDivision {
    /// Returns the columns of the rows.
    Schema schema();

    /// Writes an int64 a row of a batch without selection, the same for rows that must stay together.
    void hash(Batch rows, MemorySegment hashes);

    /// Returns the bitmap of rows that have others to stay together with, which the caller owns, or
    /// null when all may have.
    default @Nullable DataBuffer matchable(Batch rows, MemoryAllocator allocator) {
        return null;
    }

    /// Tells whether the other rows are needed; they may go anywhere then, else they are dropped.
    default boolean keepsUnmatchable() {
        return true;
    }
}
