package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Counts rows, or with `nulls` those whose argument is null. State: int64.
final class CountAccumulator extends Accumulator {
    private final boolean nulls;
    private final int[] few = new int[COPIES * FEW_GROUPS];

    CountAccumulator(boolean nulls) {
        this.nulls = nulls;
    }

    @Override
    int stateBytes() {
        return 8;
    }

    long count(int group) {
        return NativeMemory.getLong(MEMORY, state(group));
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        RowSet counted = rows;
        if (nulls) {
            if (!Operands.mayHaveNulls(arguments[0])) {
                return;
            }
            counted = Operands.onlyNull(arguments[0], rows, scratch);
        }
        MemorySegment groups = counted.groups();
        int count = counted.count();
        if (groups == null) {
            NativeMemory.setLong(MEMORY, base(), NativeMemory.getLong(MEMORY, base()) + count);
        } else if (groupCount() <= FEW_GROUPS && count >= 4 * groupCount()) {
            addFew(groups, count);
        } else {
            addMany(groups, count, directory(), stride(), offset());
        }
    }

    private void addFew(MemorySegment groups, int count) {
        Arrays.fill(few, 0);
        int i = 0;
        for (; i + 3 < count; i += 4) {
            few[NativeMemory.getInt(groups, (long) i << 2)]++;
            few[FEW_GROUPS + NativeMemory.getInt(groups, ((long) i << 2) + 4)]++;
            few[2 * FEW_GROUPS + NativeMemory.getInt(groups, ((long) i << 2) + 8)]++;
            few[3 * FEW_GROUPS + NativeMemory.getInt(groups, ((long) i << 2) + 12)]++;
        }
        for (; i < count; i++) {
            few[NativeMemory.getInt(groups, (long) i << 2)]++;
        }
        for (int g = 0; g < groupCount(); g++) {
            long sum =
                    (long) few[g]
                            + few[FEW_GROUPS + g]
                            + few[2 * FEW_GROUPS + g]
                            + few[3 * FEW_GROUPS + g];
            NativeMemory.setLong(MEMORY, state(g), NativeMemory.getLong(MEMORY, state(g)) + sum);
        }
    }

    private static void addMany(
            MemorySegment groups, int count, long directory, long stride, int offset) {
        for (int i = 0; i < count; i++) {
            int group = NativeMemory.getInt(groups, (long) i << 2);
            long at = GroupRows.address(directory, group, stride) + offset;
            NativeMemory.setLong(MEMORY, at, NativeMemory.getLong(MEMORY, at) + 1);
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
            long theirs =
                    NativeMemory.getLong(
                            MEMORY, other.state(NativeMemory.getInt(from, (long) i << 2)));
            NativeMemory.setLong(MEMORY, at, NativeMemory.getLong(MEMORY, at) + theirs);
        }
    }
}
