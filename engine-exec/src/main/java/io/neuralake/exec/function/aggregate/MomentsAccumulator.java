package io.neuralake.exec.function.aggregate;

import static io.neuralake.exec.function.aggregate.Operands.DOUBLE;
import static io.neuralake.exec.function.aggregate.Operands.INT;

import io.neuralake.spi.batch.Column;

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
        return MEMORY.get(DOUBLE, state(group));
    }

    /// Returns the sum of the k-th powers of the distances from the mean.
    double moment(int group, int k) {
        return MEMORY.get(DOUBLE, state(group) + 8L * k);
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        MemorySegment values = Operands.doubles(arguments[0], rows, scratch);
        for (int i = 0; i < rows.count(); i++) {
            long at = state(rows.group(i));
            double value = values.get(DOUBLE, (long) i << 3);
            double before = MEMORY.get(DOUBLE, at);
            double n = before + 1;
            double mean = MEMORY.get(DOUBLE, at + 8);
            double delta = value - mean;
            double step = delta / n;
            double term = delta * step * before;
            double m2 = MEMORY.get(DOUBLE, at + 16);
            if (fourth) {
                double m3 = MEMORY.get(DOUBLE, at + 24);
                double m4 = MEMORY.get(DOUBLE, at + 32);
                MEMORY.set(
                        DOUBLE,
                        at + 32,
                        m4
                                + term * step * step * (n * n - 3 * n + 3)
                                + 6 * step * step * m2
                                - 4 * step * m3);
                MEMORY.set(DOUBLE, at + 24, m3 + term * step * (n - 2) - 3 * step * m2);
            }
            MEMORY.set(DOUBLE, at + 16, m2 + term);
            MEMORY.set(DOUBLE, at + 8, mean + step);
            MEMORY.set(DOUBLE, at, n);
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

    private void merge(long from, long into) {
        double nb = MEMORY.get(DOUBLE, from);
        if (nb == 0) {
            return;
        }
        double na = MEMORY.get(DOUBLE, into);
        double n = na + nb;
        double meanA = MEMORY.get(DOUBLE, into + 8);
        double delta = MEMORY.get(DOUBLE, from + 8) - meanA;
        double m2a = MEMORY.get(DOUBLE, into + 16);
        double m2b = MEMORY.get(DOUBLE, from + 16);
        double d2 = delta * delta;
        if (fourth) {
            double m3a = MEMORY.get(DOUBLE, into + 24);
            double m3b = MEMORY.get(DOUBLE, from + 24);
            double m4 = MEMORY.get(DOUBLE, into + 32) + MEMORY.get(DOUBLE, from + 32);
            MEMORY.set(
                    DOUBLE,
                    into + 32,
                    m4
                            + d2 * d2 * na * nb * (na * na - na * nb + nb * nb) / (n * n * n)
                            + 6 * d2 * (na * na * m2b + nb * nb * m2a) / (n * n)
                            + 4 * delta * (na * m3b - nb * m3a) / n);
            MEMORY.set(
                    DOUBLE,
                    into + 24,
                    m3a
                            + m3b
                            + d2 * delta * na * nb * (na - nb) / (n * n)
                            + 3 * delta * (na * m2b - nb * m2a) / n);
        }
        MEMORY.set(DOUBLE, into + 16, m2a + m2b + d2 * na * nb / n);
        MEMORY.set(DOUBLE, into + 8, meanA + delta * nb / n);
        MEMORY.set(DOUBLE, into, n);
    }
}
