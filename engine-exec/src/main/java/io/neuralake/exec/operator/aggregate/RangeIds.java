package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.Operands;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;

/// Ids of integers, or what is kept as such, that lie close together: the distance from the least.
final class RangeIds implements KeyIds {
    /// More ids than anybody has room for.
    private static final int TOO_MANY = 1 << 30;

    /// How many steps like the last one down there is room for, and the part of the range that this may
    /// take.
    private static final long STEPS = 8;

    private MemorySegment values = MemorySegment.NULL;
    private long low;
    private long high = -1;

    /// Tells whether the values of a type are kept as integers of more than one byte, in one word.
    static boolean isFor(Type type) {
        PhysicalType physical = type.physical();
        return physical == PhysicalType.INT16
                || physical == PhysicalType.INT32
                || physical == PhysicalType.INT64;
    }

    @Override
    public boolean mayHaveFew(Column column) {
        return true;
    }

    @Override
    public boolean learn(Column column, RowSet rows, BatchScratch scratch) {
        values = Operands.longs(column, rows, scratch);
        int count = rows.count();
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        if (Operands.mayHaveNulls(column)) {
            for (int i = 0; i < count; i++) {
                if (!column.isNull(row(rows, i))) {
                    long value = NativeMemory.getLong(values, (long) i << 3);
                    min = Math.min(min, value);
                    max = Math.max(max, value);
                }
            }
        } else {
            for (int i = 0; i < count; i++) {
                long value = NativeMemory.getLong(values, (long) i << 3);
                min = Math.min(min, value);
                max = Math.max(max, value);
            }
        }
        return min > max || extend(min, max);
    }

    private boolean extend(long min, long max) {
        if (high < low) {
            low = min;
            high = max;
            return true;
        }
        high = Math.max(high, max);
        if (min >= low) {
            return true;
        }
        // with room for more that are less, since all ids change with the least
        long spare = Math.min(STEPS * (low - min), (high - min) / STEPS);
        boolean fits = spare > 0 && min >= Long.MIN_VALUE + spare;
        low = fits ? min - spare : min;
        return false;
    }

    @Override
    public int ids() {
        if (high < low) {
            return 1;
        }
        long distance = high - low;
        return distance < 0 || distance > TOO_MANY - 2 ? TOO_MANY : (int) distance + 2;
    }

    @Override
    public void addIds(Column column, RowSet rows, int stride, boolean first, MemorySegment cell) {
        int count = rows.count();
        boolean nulls = Operands.mayHaveNulls(column);
        for (int i = 0; i < count; i++) {
            long at = (long) i << 2;
            int id = (int) (NativeMemory.getLong(values, (long) i << 3) - low) + 1;
            int add = nulls && column.isNull(row(rows, i)) ? 0 : id * stride;
            NativeMemory.setInt(cell, at, first ? add : NativeMemory.getInt(cell, at) + add);
        }
    }

    private static int row(RowSet rows, int position) {
        MemorySegment indexes = rows.rows();
        return indexes == null ? position : NativeMemory.getInt(indexes, (long) position << 2);
    }

    @Override
    public void close() {
        values = MemorySegment.NULL;
    }
}
