package io.neuralake.exec.function.aggregate;

import static io.neuralake.exec.function.aggregate.Operands.DOUBLE;
import static io.neuralake.exec.function.aggregate.Operands.INT;

import io.neuralake.spi.batch.Column;

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
        return MEMORY.get(DOUBLE, state(group) + 8L * position);
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        MemorySegment ys = Operands.doubles(arguments[0], rows, scratch);
        MemorySegment xs = Operands.doubles(arguments[1], rows, scratch);
        for (int i = 0; i < rows.count(); i++) {
            long at = state(rows.group(i));
            double y = ys.get(DOUBLE, (long) i << 3);
            double x = xs.get(DOUBLE, (long) i << 3);
            double n = MEMORY.get(DOUBLE, at) + 1;
            double dy = y - MEMORY.get(DOUBLE, at + 8);
            double dx = x - MEMORY.get(DOUBLE, at + 16);
            double meanY = MEMORY.get(DOUBLE, at + 8) + dy / n;
            double meanX = MEMORY.get(DOUBLE, at + 16) + dx / n;
            MEMORY.set(DOUBLE, at, n);
            MEMORY.set(DOUBLE, at + 8, meanY);
            MEMORY.set(DOUBLE, at + 16, meanX);
            MEMORY.set(DOUBLE, at + 24, MEMORY.get(DOUBLE, at + 24) + dy * (y - meanY));
            MEMORY.set(DOUBLE, at + 32, MEMORY.get(DOUBLE, at + 32) + dx * (x - meanX));
            MEMORY.set(DOUBLE, at + 40, MEMORY.get(DOUBLE, at + 40) + dx * (y - meanY));
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
            merge(other.state(from.get(INT, (long) i << 2)), state(into.get(INT, (long) i << 2)));
        }
    }

    private static void merge(long from, long into) {
        double nb = MEMORY.get(DOUBLE, from);
        if (nb == 0) {
            return;
        }
        double na = MEMORY.get(DOUBLE, into);
        double n = na + nb;
        double dy = MEMORY.get(DOUBLE, from + 8) - MEMORY.get(DOUBLE, into + 8);
        double dx = MEMORY.get(DOUBLE, from + 16) - MEMORY.get(DOUBLE, into + 16);
        double weight = na * nb / n;
        MEMORY.set(DOUBLE, into, n);
        MEMORY.set(DOUBLE, into + 8, MEMORY.get(DOUBLE, into + 8) + dy * nb / n);
        MEMORY.set(DOUBLE, into + 16, MEMORY.get(DOUBLE, into + 16) + dx * nb / n);
        addTo(into + 24, MEMORY.get(DOUBLE, from + 24) + dy * dy * weight);
        addTo(into + 32, MEMORY.get(DOUBLE, from + 32) + dx * dx * weight);
        addTo(into + 40, MEMORY.get(DOUBLE, from + 40) + dx * dy * weight);
    }

    private static void addTo(long at, double value) {
        MEMORY.set(DOUBLE, at, MEMORY.get(DOUBLE, at) + value);
    }
}
