package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Keeps what linear regression needs. Arguments are (y, x). State: doubles n, mean of y, mean of x,
/// and the sums of squared and crossed distances from the means: yy, xx, xy.
final class CovarianceAccumulator extends Accumulator {
    /// Positions in the state.
    static final int N = 0;

    static final int MEAN_Y = 1;
    static final int MEAN_X = 2;
    static final int YY = 3;
    static final int XX = 4;
    static final int XY = 5;

    @Override
    int stateBytes() {
        return 48;
    }

    double get(int group, int position) {
        return NativeMemory.getDouble(MEMORY, state(group) + 8L * position);
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        MemorySegment ys = Operands.doubles(arguments[0], rows, scratch);
        MemorySegment xs = Operands.doubles(arguments[1], rows, scratch);
        for (int i = 0; i < rows.count(); i++) {
            long at = state(rows.group(i));
            double y = NativeMemory.getDouble(ys, (long) i << 3);
            double x = NativeMemory.getDouble(xs, (long) i << 3);
            double n = NativeMemory.getDouble(MEMORY, at) + 1;
            double dy = y - NativeMemory.getDouble(MEMORY, at + 8);
            double dx = x - NativeMemory.getDouble(MEMORY, at + 16);
            double meanY = NativeMemory.getDouble(MEMORY, at + 8) + dy / n;
            double meanX = NativeMemory.getDouble(MEMORY, at + 16) + dx / n;
            NativeMemory.setDouble(MEMORY, at, n);
            NativeMemory.setDouble(MEMORY, at + 8, meanY);
            NativeMemory.setDouble(MEMORY, at + 16, meanX);
            NativeMemory.setDouble(
                    MEMORY, at + 24, NativeMemory.getDouble(MEMORY, at + 24) + dy * (y - meanY));
            NativeMemory.setDouble(
                    MEMORY, at + 32, NativeMemory.getDouble(MEMORY, at + 32) + dx * (x - meanX));
            NativeMemory.setDouble(
                    MEMORY, at + 40, NativeMemory.getDouble(MEMORY, at + 40) + dx * (y - meanY));
        }
    }

    @Override
    void merge(
            Accumulator other,
            MemorySegment from,
            MemorySegment into,
            int count,
            BatchScratch scratch) {
        for (int i = 0; i < count; i++) {
            merge(
                    other.state(NativeMemory.getInt(from, (long) i << 2)),
                    state(NativeMemory.getInt(into, (long) i << 2)));
        }
    }

    private static void merge(long from, long into) {
        double nb = NativeMemory.getDouble(MEMORY, from);
        if (nb == 0) {
            return;
        }
        double na = NativeMemory.getDouble(MEMORY, into);
        double n = na + nb;
        double dy =
                NativeMemory.getDouble(MEMORY, from + 8) - NativeMemory.getDouble(MEMORY, into + 8);
        double dx =
                NativeMemory.getDouble(MEMORY, from + 16)
                        - NativeMemory.getDouble(MEMORY, into + 16);
        double weight = na * nb / n;
        NativeMemory.setDouble(MEMORY, into, n);
        NativeMemory.setDouble(
                MEMORY, into + 8, NativeMemory.getDouble(MEMORY, into + 8) + dy * nb / n);
        NativeMemory.setDouble(
                MEMORY, into + 16, NativeMemory.getDouble(MEMORY, into + 16) + dx * nb / n);
        addTo(into + 24, NativeMemory.getDouble(MEMORY, from + 24) + dy * dy * weight);
        addTo(into + 32, NativeMemory.getDouble(MEMORY, from + 32) + dx * dx * weight);
        addTo(into + 40, NativeMemory.getDouble(MEMORY, from + 40) + dx * dy * weight);
    }

    private static void addTo(long at, double value) {
        NativeMemory.setDouble(MEMORY, at, NativeMemory.getDouble(MEMORY, at) + value);
    }
}
