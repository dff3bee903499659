package io.neuralake.exec.function.aggregate;

import static io.neuralake.exec.function.aggregate.Operands.DOUBLE;
import static io.neuralake.exec.function.aggregate.Operands.INT;

import io.neuralake.spi.batch.Column;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Sums (or multiplies) numbers as doubles. State: double.
final class DoubleSumAccumulator extends Accumulator {
    private final boolean product;
    private final double[] few = new double[COPIES * FEW_GROUPS];

    DoubleSumAccumulator(boolean product) {
        this.product = product;
    }

    @Override
    int stateBytes() {
        return 8;
    }

    @Override
    void initial(MemorySegment state) {
        state.set(DOUBLE, 0, product ? 1.0 : 0.0);
    }

    double value(int group) {
        return MEMORY.get(DOUBLE, state(group));
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        int count = rows.count();
        if (count == 0) {
            return;
        }
        MemorySegment values = Operands.doubles(arguments[0], rows, scratch);
        MemorySegment groups = rows.groups();
        if (product) {
            multiply(values, rows);
        } else if (groups == null) {
            MEMORY.set(DOUBLE, base(), MEMORY.get(DOUBLE, base()) + sum(values, count));
        } else if (groupCount() <= FEW_GROUPS && count >= groupCount()) {
            addFew(values, groups, count);
        } else {
            addMany(values, groups, count, base(), stride());
        }
    }

    private void multiply(MemorySegment values, RowSet rows) {
        for (int i = 0; i < rows.count(); i++) {
            long at = state(rows.group(i));
            MEMORY.set(DOUBLE, at, MEMORY.get(DOUBLE, at) * values.get(DOUBLE, (long) i << 3));
        }
    }

    private static double sum(MemorySegment values, int count) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < count; i += 4) {
            long at = (long) i << 3;
            a += values.get(DOUBLE, at);
            b += values.get(DOUBLE, at + 8);
            c += values.get(DOUBLE, at + 16);
            d += values.get(DOUBLE, at + 24);
        }
        for (; i < count; i++) {
            a += values.get(DOUBLE, (long) i << 3);
        }
        return a + b + (c + d);
    }

    private void addFew(MemorySegment values, MemorySegment groups, int count) {
        Arrays.fill(few, 0);
        int i = 0;
        for (; i + 3 < count; i += 4) {
            long at = (long) i << 2;
            few[groups.get(INT, at)] += values.get(DOUBLE, at << 1);
            few[FEW_GROUPS + groups.get(INT, at + 4)] += values.get(DOUBLE, (at << 1) + 8);
            few[2 * FEW_GROUPS + groups.get(INT, at + 8)] += values.get(DOUBLE, (at << 1) + 16);
            few[3 * FEW_GROUPS + groups.get(INT, at + 12)] += values.get(DOUBLE, (at << 1) + 24);
        }
        for (; i < count; i++) {
            few[groups.get(INT, (long) i << 2)] += values.get(DOUBLE, (long) i << 3);
        }
        for (int g = 0; g < groupCount(); g++) {
            double sum =
                    few[g]
                            + few[FEW_GROUPS + g]
                            + (few[2 * FEW_GROUPS + g] + few[3 * FEW_GROUPS + g]);
            MEMORY.set(DOUBLE, state(g), MEMORY.get(DOUBLE, state(g)) + sum);
        }
    }

    private static void addMany(
            MemorySegment values, MemorySegment groups, int count, long base, long stride) {
        for (int i = 0; i < count; i++) {
            long at = base + groups.get(INT, (long) i << 2) * stride;
            MEMORY.set(DOUBLE, at, MEMORY.get(DOUBLE, at) + values.get(DOUBLE, (long) i << 3));
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
            long at = state(into.get(INT, (long) i << 2));
            double mine = MEMORY.get(DOUBLE, at);
            double theirs = MEMORY.get(DOUBLE, other.state(from.get(INT, (long) i << 2)));
            MEMORY.set(DOUBLE, at, product ? mine * theirs : mine + theirs);
        }
    }
}
