package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Sums integers and decimals exactly in 128 bits. State: int128, low word first. Values of at most
/// 49 bits are summed in 64 bits over the batch: at most 2^13 of them stay below 2^63.
final class SumAccumulator extends Accumulator {
    private static final int SAFE_BITS = 49;
    private static final int SAFE_ROWS = 1 << 13;

    private final boolean wide;
    private final long[] few = new long[COPIES * FEW_GROUPS];

    SumAccumulator(Type type) {
        wide = type.physical() == PhysicalType.INT128;
    }

    @Override
    int stateBytes() {
        return 16;
    }

    long low(int group) {
        return NativeMemory.getLong(MEMORY, state(group));
    }

    long high(int group) {
        return NativeMemory.getLong(MEMORY, state(group) + 8);
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        int count = rows.count();
        if (count == 0) {
            return;
        }
        MemorySegment groups = rows.groups();
        MemorySegment values;
        if (wide) {
            MemorySegment pairs = Operands.int128s(arguments[0], rows, scratch);
            if (!fits(pairs, count)) {
                addWide(pairs, rows);
                return;
            }
            values = narrow(pairs, count, scratch);
        } else {
            values = Operands.longs(arguments[0], rows, scratch);
        }
        boolean safe = count <= SAFE_ROWS && (wide || fits64(values, count));
        if (safe && groups == null) {
            long sum = sum(values, count);
            add(base(), sum >> 63, sum);
        } else if (safe && groupCount() <= FEW_GROUPS && count >= groupCount()) {
            addFew(values, java.util.Objects.requireNonNull(groups), count);
        } else if (groups == null) {
            for (int i = 0; i < count; i++) {
                long value = NativeMemory.getLong(values, (long) i << 3);
                add(base(), value >> 63, value);
            }
        } else {
            addMany(values, groups, count, directory(), stride(), offset());
        }
    }

    private static boolean fits64(MemorySegment values, int count) {
        long bits = 0;
        for (int i = 0; i < count; i++) {
            long value = NativeMemory.getLong(values, (long) i << 3);
            bits |= value ^ value >> 63;
        }
        return bits >>> SAFE_BITS == 0;
    }

    private static boolean fits(MemorySegment pairs, int count) {
        long bits = 0;
        long differs = 0;
        for (int i = 0; i < count; i++) {
            long low = NativeMemory.getLong(pairs, (long) i << 4);
            long sign = low >> 63;
            bits |= low ^ sign;
            differs |= NativeMemory.getLong(pairs, ((long) i << 4) + 8) ^ sign;
        }
        return differs == 0 && bits >>> SAFE_BITS == 0;
    }

    private static MemorySegment narrow(MemorySegment pairs, int count, BatchScratch scratch) {
        MemorySegment out = scratch.longs(count);
        for (int i = 0; i < count; i++) {
            NativeMemory.setLong(out, (long) i << 3, NativeMemory.getLong(pairs, (long) i << 4));
        }
        return out;
    }

    private static long sum(MemorySegment values, int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += NativeMemory.getLong(values, (long) i << 3);
        }
        return sum;
    }

    private void addFew(MemorySegment values, MemorySegment groups, int count) {
        Arrays.fill(few, 0);
        int i = 0;
        for (; i + 3 < count; i += 4) {
            long at = (long) i << 2;
            few[NativeMemory.getInt(groups, at)] += NativeMemory.getLong(values, at << 1);
            few[FEW_GROUPS + NativeMemory.getInt(groups, at + 4)] +=
                    NativeMemory.getLong(values, (at << 1) + 8);
            few[2 * FEW_GROUPS + NativeMemory.getInt(groups, at + 8)] +=
                    NativeMemory.getLong(values, (at << 1) + 16);
            few[3 * FEW_GROUPS + NativeMemory.getInt(groups, at + 12)] +=
                    NativeMemory.getLong(values, (at << 1) + 24);
        }
        for (; i < count; i++) {
            few[NativeMemory.getInt(groups, (long) i << 2)] +=
                    NativeMemory.getLong(values, (long) i << 3);
        }
        for (int g = 0; g < groupCount(); g++) {
            long sum =
                    few[g]
                            + few[FEW_GROUPS + g]
                            + few[2 * FEW_GROUPS + g]
                            + few[3 * FEW_GROUPS + g];
            add(state(g), sum >> 63, sum);
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
            long value = NativeMemory.getLong(values, (long) i << 3);
            int group = NativeMemory.getInt(groups, (long) i << 2);
            long at = GroupRows.address(directory, group, stride) + offset;
            long old = NativeMemory.getLong(MEMORY, at);
            long low = old + value;
            // carry out of the low word: the majority of its sign bits
            long carry = (old & value | (old | value) & ~low) >>> 63;
            NativeMemory.setLong(MEMORY, at, low);
            NativeMemory.setLong(
                    MEMORY, at + 8, NativeMemory.getLong(MEMORY, at + 8) + (value >> 63) + carry);
        }
    }

    private void addWide(MemorySegment pairs, RowSet rows) {
        MemorySegment groups = rows.groups();
        for (int i = 0; i < rows.count(); i++) {
            long at = groups == null ? base() : state(NativeMemory.getInt(groups, (long) i << 2));
            add(
                    at,
                    NativeMemory.getLong(pairs, ((long) i << 4) + 8),
                    NativeMemory.getLong(pairs, (long) i << 4));
        }
    }

    private static void add(long at, long high, long low) {
        long old = NativeMemory.getLong(MEMORY, at);
        long sum = old + low;
        long carry = Long.compareUnsigned(sum, old) < 0 ? 1 : 0;
        long oldHigh = NativeMemory.getLong(MEMORY, at + 8);
        long sumHigh = oldHigh + high + carry;
        if (((oldHigh ^ sumHigh) & (high ^ sumHigh)) < 0) {
            throw Int128.overflow("sum exceeds 38 digits");
        }
        NativeMemory.setLong(MEMORY, at, sum);
        NativeMemory.setLong(MEMORY, at + 8, sumHigh);
    }

    @Override
    void merge(
            Accumulator other,
            MemorySegment from,
            MemorySegment into,
            int count,
            BatchScratch scratch) {
        for (int i = 0; i < count; i++) {
            long theirs = other.state(NativeMemory.getInt(from, (long) i << 2));
            add(
                    state(NativeMemory.getInt(into, (long) i << 2)),
                    NativeMemory.getLong(MEMORY, theirs + 8),
                    NativeMemory.getLong(MEMORY, theirs));
        }
    }
}
