package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;

import java.lang.foreign.MemorySegment;

/// Counts rows: each row's value is its position in the file.
public final class PositionReader implements ColumnReader {
    private final MemoryAllocator allocator;
    private long next;

    /// Starts counting.
    ///
    /// @param first position of the row group's first row
    public PositionReader(long first, MemoryAllocator allocator) {
        this.next = first;
        this.allocator = allocator;
    }

    @Override
    public Column read(int rows) {
        DataBuffer values = allocator.allocate((long) rows * Long.BYTES);
        MemorySegment to = values.segment();
        long first = next;
        for (int i = 0; i < rows; i++) {
            NativeMemory.setLong(to, (long) i << 3, first + i);
        }
        next = first + rows;
        return new FlatColumn(ScalarType.BIGINT, rows, values, null);
    }

    @Override
    public void skip(long rows) {
        next += rows;
    }

    @Override
    public void close() {}
}
