package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.NativeMemory;

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
        NativeMemory.setDouble(state, 0, product ? 1.0 : 0.0);
    }

    double value(int group) {
        return NativeMemory.getDouble(MEMORY, state(group));
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
            NativeMemory.setDouble(
                    MEMORY, base(), NativeMemory.getDouble(MEMORY, base()) + sum(values, count));
        } else if (groupCount() <= FEW_GROUPS && count >= groupCount()) {
            addFew(values, groups, count);
        } else {
            addMany(values, groups, count, directory(), stride(), offset());
        }
    }

    private void multiply(MemorySegment values, RowSet rows) {
        for (int i = 0; i < rows.count(); i++) {
            long at = state(rows.group(i));
            NativeMemory.setDouble(
                    MEMORY,
                    at,
                    NativeMemory.getDouble(MEMORY, at)
                            * NativeMemory.getDouble(values, (long) i << 3));
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
            a += NativeMemory.getDouble(values, at);
            b += NativeMemory.getDouble(values, at + 8);
            c += NativeMemory.getDouble(values, at + 16);
            d += NativeMemory.getDouble(values, at + 24);
        }
        for (; i < count; i++) {
            a += NativeMemory.getDouble(values, (long) i << 3);
        }
        return a + b + (c + d);
    }

    private void addFew(MemorySegment values, MemorySegment groups, int count) {
        Arrays.fill(few, 0);
        int i = 0;
        for (; i + 3 < count; i += 4) {
            long at = (long) i << 2;
            few[NativeMemory.getInt(groups, at)] += NativeMemory.getDouble(values, at << 1);
            few[FEW_GROUPS + NativeMemory.getInt(groups, at + 4)] +=
                    NativeMemory.getDouble(values, (at << 1) + 8);
            few[2 * FEW_GROUPS + NativeMemory.getInt(groups, at + 8)] +=
                    NativeMemory.getDouble(values, (at << 1) + 16);
            few[3 * FEW_GROUPS + NativeMemory.getInt(groups, at + 12)] +=
                    NativeMemory.getDouble(values, (at << 1) + 24);
        }
        for (; i < count; i++) {
            few[NativeMemory.getInt(groups, (long) i << 2)] +=
                    NativeMemory.getDouble(values, (long) i << 3);
        }
        for (int g = 0; g < groupCount(); g++) {
            double sum =
                    few[g]
                            + few[FEW_GROUPS + g]
                            + (few[2 * FEW_GROUPS + g] + few[3 * FEW_GROUPS + g]);
            NativeMemory.setDouble(
                    MEMORY, state(g), NativeMemory.getDouble(MEMORY, state(g)) + sum);
        }
    }

    private static void addMany(
            MemorySegment values,
            MemorySegment groups,
            int count,
            long directory,
            long stride,
            int offset) {
        for (int i = 0; i < count; i++) {
            int group = NativeMemory.getInt(groups, (long) i << 2);
            long at = GroupRows.address(directory, group, stride) + offset;
            NativeMemory.setDouble(
                    MEMORY,
                    at,
                    NativeMemory.getDouble(MEMORY, at)
                            + NativeMemory.getDouble(values, (long) i << 3));
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
            long at = state(NativeMemory.getInt(into, (long) i << 2));
            double mine = NativeMemory.getDouble(MEMORY, at);
            double theirs =
                    NativeMemory.getDouble(
                            MEMORY, other.state(NativeMemory.getInt(from, (long) i << 2)));
            NativeMemory.setDouble(MEMORY, at, product ? mine * theirs : mine + theirs);
        }
    }
}
