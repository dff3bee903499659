package io.neuralake.exec.function;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;

/// Stores int64 in narrower layouts.
final class IntegerNarrowing {

    private IntegerNarrowing() {}

    /// Returns a column of `type`. Throws 22003 for a live row that does not fit.
    static Column narrow(FunctionInput in, Type type, MemorySegment from, String expression) {
        int rows = in.rowCount();
        int width = type.physical().width();
        DataBuffer buffer = in.memory().scratch((long) rows * width);
        if (store(from, rows, width, buffer.segment()) != 0) {
            for (int i = in.next(0); i >= 0; i = in.next(i + 1)) {
                long value = NativeMemory.getLong(from, (long) i << 3);
                if (!fits(value, width)) {
                    throw RowErrors.overflow(type, expression.isEmpty() ? "" + value : expression);
                }
            }
        }
        return in.result(type, buffer);
    }

    /// Stores and returns bits that are set where a value did not fit.
    static long store(MemorySegment from, int rows, int width, MemorySegment to) {
        long lost = 0;
        switch (width) {
            case 1 -> {
                for (int i = 0; i < rows; i++) {
                    long value = NativeMemory.getLong(from, (long) i << 3);
                    byte stored = (byte) value;
                    lost |= stored ^ value;
                    NativeMemory.setByte(to, i, stored);
                }
            }
            case 2 -> {
                for (int i = 0; i < rows; i++) {
                    long value = NativeMemory.getLong(from, (long) i << 3);
                    short stored = (short) value;
                    lost |= stored ^ value;
                    NativeMemory.setShort(to, (long) i << 1, stored);
                }
            }
            case 4 -> {
                for (int i = 0; i < rows; i++) {
                    long value = NativeMemory.getLong(from, (long) i << 3);
                    int stored = (int) value;
                    lost |= stored ^ value;
                    NativeMemory.setInt(to, (long) i << 2, stored);
                }
            }
            default -> MemorySegment.copy(from, 0, to, 0, 8L * rows);
        }
        return lost;
    }

    /// Tells whether a value fits an integer of so many bytes.
    static boolean fits(long value, int width) {
        return width == 8 || value >> (8 * width - 1) == value >> 63;
    }
}
