package io.neuralake.connector.parquet.write;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Values of 128 bits, the upper half before the lower one.
final class WideValues extends LeafValues {
    long[] halves = new long[0];

    @Override
    void add(Column column, int[] rows, int rowCount) {
        if (halves.length < 2 * (count + rowCount)) {
            halves = Arrays.copyOf(halves, capacity(2 * (count + rowCount)));
        }
        MemorySegment from = ((FlatColumn) column).values();
        for (int i = 0; i < rowCount; i++) {
            int at = 2 * (count + i);
            halves[at] = NativeMemory.getLong(from, ((long) rows[i] << 4) + Long.BYTES);
            halves[at + 1] = NativeMemory.getLong(from, (long) rows[i] << 4);
        }
        count += rowCount;
    }

    @Override
    long bytes() {
        return 2L * count * Long.BYTES;
    }

    @Override
    void clear() {
        count = 0;
    }
}
