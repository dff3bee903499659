package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Keeps count, mean and central moments of numbers, updated one value at a time and merged pairwise
/// without cancellation (Pebay, Formulas for robust, one-pass parallel computation of covariances and
/// arbitrary-order statistical moments, 2008). State: doubles n, mean, M2, and up to M4 where wanted.
final class MomentsAccumulator extends Accumulator {
    private final boolean fourth;

    MomentsAccumulator(boolean fourth) {
        this.fourth = fourth;
    }

    @Override
    int stateBytes() {
        return fourth ? 40 : 24;
    }

    double count(int group) {
        return NativeMemory.getDouble(MEMORY, state(group));
    }

    /// Returns the sum of the k-th powers of the distances from the mean.
    double moment(int group, int k) {
        return NativeMemory.getDouble(MEMORY, state(group) + 8L * k);
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        MemorySegment values = Operands.doubles(arguments[0], rows, scratch);
        for (int i = 0; i < rows.count(); i++) {
            long at = state(rows.group(i));
            double value = NativeMemory.getDouble(values, (long) i << 3);
            double before = NativeMemory.getDouble(MEMORY, at);
            double n = before + 1;
            double mean = NativeMemory.getDouble(MEMORY, at + 8);
            double delta = value - mean;
            double step = delta / n;
            double term = delta * step * before;
            double m2 = NativeMemory.getDouble(MEMORY, at + 16);
            if (fourth) {
                double m3 = NativeMemory.getDouble(MEMORY, at + 24);
                double m4 = NativeMemory.getDouble(MEMORY, at + 32);
                NativeMemory.setDouble(
                        MEMORY,
                        at + 32,
                        m4
                                + term * step * step * (n * n - 3 * n + 3)
                                + 6 * step * step * m2
                                - 4 * step * m3);
                NativeMemory.setDouble(MEMORY, at + 24, m3 + term * step * (n - 2) - 3 * step * m2);
            }
            NativeMemory.setDouble(MEMORY, at + 16, m2 + term);
            NativeMemory.setDouble(MEMORY, at + 8, mean + step);
            NativeMemory.setDouble(MEMORY, at, n);
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

    private void merge(long from, long into) {
        double nb = NativeMemory.getDouble(MEMORY, from);
        if (nb == 0) {
            return;
        }
        double na = NativeMemory.getDouble(MEMORY, into);
        double n = na + nb;
        double meanA = NativeMemory.getDouble(MEMORY, into + 8);
        double delta = NativeMemory.getDouble(MEMORY, from + 8) - meanA;
        double m2a = NativeMemory.getDouble(MEMORY, into + 16);
        double m2b = NativeMemory.getDouble(MEMORY, from + 16);
        double d2 = delta * delta;
        if (fourth) {
            double m3a = NativeMemory.getDouble(MEMORY, into + 24);
            double m3b = NativeMemory.getDouble(MEMORY, from + 24);
            double m4 =
                    NativeMemory.getDouble(MEMORY, into + 32)
                            + NativeMemory.getDouble(MEMORY, from + 32);
            NativeMemory.setDouble(
                    MEMORY,
                    into + 32,
                    m4
                            + d2 * d2 * na * nb * (na * na - na * nb + nb * nb) / (n * n * n)
                            + 6 * d2 * (na * na * m2b + nb * nb * m2a) / (n * n)
                            + 4 * delta * (na * m3b - nb * m3a) / n);
            NativeMemory.setDouble(
                    MEMORY,
                    into + 24,
                    m3a
                            + m3b
                            + d2 * delta * na * nb * (na - nb) / (n * n)
                            + 3 * delta * (na * m2b - nb * m2a) / n);
        }
        NativeMemory.setDouble(MEMORY, into + 16, m2a + m2b + d2 * na * nb / n);
        NativeMemory.setDouble(MEMORY, into + 8, meanA + delta * nb / n);
        NativeMemory.setDouble(MEMORY, into, n);
    }
}
