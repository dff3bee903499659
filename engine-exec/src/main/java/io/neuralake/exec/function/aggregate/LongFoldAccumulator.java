package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Folds values of at most 64 bits, brought into int64 of the same order: minimum, maximum, AND, OR,
/// XOR. Booleans fold as 0 and 1. State: int64.
final class LongFoldAccumulator extends Accumulator {
    /// The operation.
    enum Fold {
        MIN(Long.MAX_VALUE),
        MAX(Long.MIN_VALUE),
        AND(-1),
        OR(0),
        XOR(0);

        private final long identity;

        Fold(long identity) {
            this.identity = identity;
        }

        private long apply(long left, long right) {
            return switch (this) {
                case MIN -> Math.min(left, right);
                case MAX -> Math.max(left, right);
                case AND -> left & right;
                case OR -> left | right;
                case XOR -> left ^ right;
            };
        }
    }

    private final Fold fold;

    LongFoldAccumulator(Fold fold) {
        this.fold = fold;
    }

    @Override
    int stateBytes() {
        return 8;
    }

    @Override
    void initial(MemorySegment state) {
        NativeMemory.setLong(state, 0, fold.identity);
    }

    long value(int group) {
        return NativeMemory.getLong(MEMORY, state(group));
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        int count = rows.count();
        if (count == 0) {
            return;
        }
        MemorySegment values = Operands.sortable(arguments[0], rows, scratch);
        MemorySegment groups = rows.groups();
        if (groups == null) {
            long result = NativeMemory.getLong(MEMORY, base());
            NativeMemory.setLong(MEMORY, base(), reduce(values, count, result));
            return;
        }
        long directory = directory();
        long stride = stride();
        long offset = offset();
        switch (fold) {
            case MIN -> {
                for (int i = 0; i < count; i++) {
                    int group = NativeMemory.getInt(groups, (long) i << 2);
                    long at = GroupRows.address(directory, group, stride) + offset;
                    long value = NativeMemory.getLong(values, (long) i << 3);
                    NativeMemory.setLong(
                            MEMORY, at, Math.min(NativeMemory.getLong(MEMORY, at), value));
                }
            }
            case MAX -> {
                for (int i = 0; i < count; i++) {
                    int group = NativeMemory.getInt(groups, (long) i << 2);
                    long at = GroupRows.address(directory, group, stride) + offset;
                    long value = NativeMemory.getLong(values, (long) i << 3);
                    NativeMemory.setLong(
                            MEMORY, at, Math.max(NativeMemory.getLong(MEMORY, at), value));
                }
            }
            case AND, OR, XOR -> {
                for (int i = 0; i < count; i++) {
                    int group = NativeMemory.getInt(groups, (long) i << 2);
                    long at = GroupRows.address(directory, group, stride) + offset;
                    long value = NativeMemory.getLong(values, (long) i << 3);
                    NativeMemory.setLong(
                            MEMORY, at, fold.apply(NativeMemory.getLong(MEMORY, at), value));
                }
            }
        }
    }

    private long reduce(MemorySegment values, int count, long first) {
        long result = first;
        switch (fold) {
            case MIN -> {
                for (int i = 0; i < count; i++) {
                    result = Math.min(result, NativeMemory.getLong(values, (long) i << 3));
                }
            }
            case MAX -> {
                for (int i = 0; i < count; i++) {
                    result = Math.max(result, NativeMemory.getLong(values, (long) i << 3));
                }
            }
            case AND, OR, XOR -> {
                for (int i = 0; i < count; i++) {
                    result = fold.apply(result, NativeMemory.getLong(values, (long) i << 3));
                }
            }
        }
        return result;
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
            NativeMemory.setLong(MEMORY, at, fold.apply(NativeMemory.getLong(MEMORY, at), theirs));
        }
    }
}
