package io.neuralake.connector.parquet.write;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Values of at most 64 bits: numbers, and the bits of floating-point ones and of truth values.
final class LongValues extends LeafValues {
    long[] values = new long[0];

    @Override
    void add(Column column, int[] rows, int rowCount) {
        if (values.length < count + rowCount) {
            values = Arrays.copyOf(values, capacity(count + rowCount));
        }
        MemorySegment from = ((FlatColumn) column).values();
        long[] to = values;
        int at = count;
        count += rowCount;
        if (areNeighbours(rows, rowCount) && addAll(column, rows[0], rowCount, at)) {
            return;
        }
        switch (column.type().physical()) {
            case BIT -> {
                for (int i = 0; i < rowCount; i++) {
                    to[at + i] = Bitmap.get(from, rows[i]) ? 1 : 0;
                }
            }
            case INT8 -> {
                for (int i = 0; i < rowCount; i++) {
                    to[at + i] = NativeMemory.getByte(from, rows[i]);
                }
            }
            case INT16 -> {
                for (int i = 0; i < rowCount; i++) {
                    to[at + i] = NativeMemory.getShort(from, (long) rows[i] << 1);
                }
            }
            case INT32, FLOAT32 -> {
                for (int i = 0; i < rowCount; i++) {
                    to[at + i] = NativeMemory.getInt(from, (long) rows[i] << 2);
                }
            }
            case INT64, FLOAT64 -> {
                for (int i = 0; i < rowCount; i++) {
                    to[at + i] = NativeMemory.getLong(from, (long) rows[i] << 3);
                }
            }
            case INT128, VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not of 64 bits: " + column.type().sql());
        }
    }

    private static boolean areNeighbours(int[] rows, int count) {
        if (count == 0) {
            return false;
        }
        int first = rows[0];
        int different = 0;
        for (int i = 0; i < count; i++) {
            different |= rows[i] - i ^ first;
        }
        return different == 0;
    }

    /// Adds rows that follow each other by loops that are compiled to vectors.
    ///
    /// @return false for types that are not worth it
    private boolean addAll(Column column, int first, int rowCount, int at) {
        MemorySegment from = ((FlatColumn) column).values();
        switch (column.type().physical()) {
            case INT32, FLOAT32 -> {
                long offset = (long) first << 2;
                for (int i = 0; i < rowCount; i++) {
                    values[at + i] = from.get(ValueLayout.JAVA_INT_UNALIGNED, offset + 4L * i);
                }
                return true;
            }
            case INT64, FLOAT64 -> {
                MemorySegment.copy(
                        from,
                        ValueLayout.JAVA_LONG_UNALIGNED,
                        (long) first << 3,
                        values,
                        at,
                        rowCount);
                return true;
            }
            default -> {
                return false;
            }
        }
    }

    @Override
    long bytes() {
        return (long) count * Long.BYTES;
    }

    @Override
    void clear() {
        count = 0;
    }
}
