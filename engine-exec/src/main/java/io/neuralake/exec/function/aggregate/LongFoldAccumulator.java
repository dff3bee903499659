package io.neuralake.exec.function.aggregate;

import static io.neuralake.exec.function.aggregate.Operands.INT;
import static io.neuralake.exec.function.aggregate.Operands.LONG;

import io.neuralake.spi.batch.Column;

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
        state.set(LONG, 0, fold.identity);
    }

    long value(int group) {
        return MEMORY.get(LONG, state(group));
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
            long result = MEMORY.get(LONG, base());
            MEMORY.set(LONG, base(), reduce(values, count, result));
            return;
        }
        long base = base();
        long stride = stride();
        switch (fold) {
            case MIN -> {
                for (int i = 0; i < count; i++) {
                    long at = base + groups.get(INT, (long) i << 2) * stride;
                    long value = values.get(LONG, (long) i << 3);
                    MEMORY.set(LONG, at, Math.min(MEMORY.get(LONG, at), value));
                }
            }
            case MAX -> {
                for (int i = 0; i < count; i++) {
                    long at = base + groups.get(INT, (long) i << 2) * stride;
                    long value = values.get(LONG, (long) i << 3);
                    MEMORY.set(LONG, at, Math.max(MEMORY.get(LONG, at), value));
                }
            }
            case AND, OR, XOR -> {
                for (int i = 0; i < count; i++) {
                    long at = base + groups.get(INT, (long) i << 2) * stride;
                    long value = values.get(LONG, (long) i << 3);
                    MEMORY.set(LONG, at, fold.apply(MEMORY.get(LONG, at), value));
                }
            }
        }
    }

    private long reduce(MemorySegment values, int count, long first) {
        long result = first;
        switch (fold) {
            case MIN -> {
                for (int i = 0; i < count; i++) {
                    result = Math.min(result, values.get(LONG, (long) i << 3));
                }
            }
            case MAX -> {
                for (int i = 0; i < count; i++) {
                    result = Math.max(result, values.get(LONG, (long) i << 3));
                }
            }
            case AND, OR, XOR -> {
                for (int i = 0; i < count; i++) {
                    result = fold.apply(result, values.get(LONG, (long) i << 3));
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
            long at = state(into.get(INT, (long) i << 2));
            long theirs = MEMORY.get(LONG, other.state(from.get(INT, (long) i << 2)));
            MEMORY.set(LONG, at, fold.apply(MEMORY.get(LONG, at), theirs));
        }
    }
}
