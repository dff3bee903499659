package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.row.ColumnAppender;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Keeps one value of any type a group: that of the first, last or only row, or of the row with the
/// least or greatest second argument. State: the value's row in a store, plus 1 (0 for none), and
/// the second argument as a sortable int64 where it has at most 64 bits.
final class PickedRowAccumulator extends Accumulator {
    /// Which row is picked.
    enum Pick {
        FIRST,
        LAST,
        /// More than one row is an error.
        ONLY,
        LEAST,
        GREATEST
    }

    /// Store rows that no group refers to any more are dropped when there are many of them.
    private static final int GARBAGE_ROWS = 64 * 1024;

    private static final long OBJECT_BYTES = 96;

    /// Of a value with what it points to, where only its own width is known.
    private static final int ESTIMATED_BYTES = 32;

    private final Pick pick;
    private final Type type;
    private final Type keyType;
    private final MemoryAllocator allocator;
    private final boolean words;
    private final ColumnAppender store;
    private final MemoryReservation reservation;
    private final List<@Nullable Object> keys = new ArrayList<>();
    private @Nullable Column values;

    /// @param keyType type of the second argument; that of the first when there is only one
    PickedRowAccumulator(Pick pick, Type type, Type keyType, MemoryAllocator allocator) {
        this.pick = pick;
        this.type = type;
        this.keyType = keyType;
        this.allocator = allocator;
        PhysicalType physical = keyType.physical();
        this.words =
                physical != PhysicalType.INT128
                        && physical != PhysicalType.VIEW
                        && physical != PhysicalType.LIST
                        && physical != PhysicalType.STRUCT;
        this.store = new ColumnAppender(type, allocator);
        this.reservation = allocator.reservation("aggregate");
    }

    @Override
    int stateBytes() {
        return 16;
    }

    @Override
    boolean isSelfContained() {
        return false;
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        Column key = arguments[arguments.length - 1];
        MemorySegment sortable = compares() && words ? Operands.sortable(key, rows, scratch) : null;
        MemorySegment touched = scratch.ints(rows.count());
        int touchedCount = 0;
        for (int i = 0; i < rows.count(); i++) {
            int group = rows.group(i);
            long at = state(group);
            long held = NativeMemory.getLong(MEMORY, at);
            long word = sortable == null ? 0 : NativeMemory.getLong(sortable, (long) i << 3);
            Object object = compares() && !words ? key.value(rows.row(i)) : null;
            if (!replaces(group, at, held, word, object)) {
                continue;
            }
            if (held >= 0) {
                NativeMemory.setInt(touched, (long) touchedCount++ << 2, group);
            }
            // negative: a position of this batch
            put(group, at, -1L - i, word, object);
        }
        MemorySegment picked = scratch.ints(touchedCount);
        long next = store.rowCount();
        for (int t = 0; t < touchedCount; t++) {
            long at = state(NativeMemory.getInt(touched, (long) t << 2));
            int position = (int) (-1 - NativeMemory.getLong(MEMORY, at));
            NativeMemory.setInt(picked, (long) t << 2, rows.row(position));
            NativeMemory.setLong(MEMORY, at, ++next);
        }
        keep(arguments[0], picked, touchedCount);
        if (store.rowCount() > 4L * groupCount() + GARBAGE_ROWS) {
            collectGarbage();
        }
    }

    private boolean compares() {
        return pick == Pick.LEAST || pick == Pick.GREATEST;
    }

    private boolean replaces(int group, long at, long held, long word, @Nullable Object object) {
        if (held == 0 || pick == Pick.LAST) {
            return true;
        }
        return switch (pick) {
            case FIRST, LAST -> false;
            case ONLY ->
                    throw new NeuralakeException(
                            ErrorCode.CARDINALITY_VIOLATION,
                            "Sub-query used as a value returned more than one row");
            case LEAST, GREATEST -> {
                int order =
                        words
                                ? Long.compare(word, NativeMemory.getLong(MEMORY, at + 8))
                                : RowOrder.compareValues(object, keys.get(group));
                yield pick == Pick.LEAST ? order < 0 : order > 0;
            }
        };
    }

    private void put(int group, long at, long row, long word, @Nullable Object object) {
        NativeMemory.setLong(MEMORY, at, row);
        NativeMemory.setLong(MEMORY, at + 8, word);
        if (object != null) {
            while (keys.size() <= group) {
                reservation.grow(OBJECT_BYTES);
                keys.add(null);
            }
            keys.set(group, object);
        }
    }

    private void keep(Column column, MemorySegment rows, int count) {
        if (count == 0) {
            return;
        }
        Column copy = OwnedColumns.copy(column, rows, count, allocator);
        try {
            store.append(copy);
        } finally {
            copy.release();
        }
    }

    /// Copies the rows that groups refer to, and renumbers them.
    private void collectGarbage() {
        Column all = store.finish();
        DataBuffer live = null;
        try {
            int groups = groupCount();
            live = allocator.allocate(4L * groups);
            int count = 0;
            for (int group = 0; group < groups; group++) {
                long held = NativeMemory.getLong(MEMORY, state(group));
                if (held > 0) {
                    NativeMemory.setInt(live.segment(), (long) count++ << 2, (int) (held - 1));
                    NativeMemory.setLong(MEMORY, state(group), (long) count);
                }
            }
            keep(all, live.segment(), count);
        } finally {
            all.release();
            if (live != null) {
                live.release();
            }
        }
    }

    private synchronized Column values() {
        if (values == null) {
            values = store.finish();
        }
        return values;
    }

    @Override
    void merge(
            Accumulator other,
            MemorySegment from,
            MemorySegment into,
            int count,
            BatchScratch scratch) {
        PickedRowAccumulator source = (PickedRowAccumulator) other;
        Column theirs = source.values();
        MemorySegment picked = scratch.ints(count);
        int pickedCount = 0;
        long next = store.rowCount();
        for (int i = 0; i < count; i++) {
            int theirGroup = NativeMemory.getInt(from, (long) i << 2);
            long theirAt = source.state(theirGroup);
            long held = NativeMemory.getLong(MEMORY, theirAt);
            if (held == 0) {
                continue;
            }
            int group = NativeMemory.getInt(into, (long) i << 2);
            long at = state(group);
            long word = NativeMemory.getLong(MEMORY, theirAt + 8);
            Object object = compares() && !words ? source.keys.get(theirGroup) : null;
            if (replaces(group, at, NativeMemory.getLong(MEMORY, at), word, object)) {
                NativeMemory.setInt(picked, (long) pickedCount++ << 2, (int) (held - 1));
                put(group, at, ++next, word, object);
            }
        }
        keep(theirs, picked, pickedCount);
    }

    @Override
    void complete(BatchScratch scratch) {
        values();
    }

    @Override
    long bytes() {
        long rows = store.rowCount();
        int width = type.physical().width();
        return reservation.reservedBytes() + rows * Math.max(width, ESTIMATED_BYTES);
    }

    @Override
    long growthBytes(int rows) {
        return rows * (OBJECT_BYTES + 2L * ESTIMATED_BYTES);
    }

    @Override
    List<Type> spillTypes() {
        return compares() && !words
                ? List.of(ScalarType.BIGINT, ScalarType.BIGINT, type, keyType)
                : List.of(ScalarType.BIGINT, ScalarType.BIGINT, type);
    }

    @Override
    void exportStates(
            MemorySegment groups, int count, MemoryAllocator target, List<Column> columns) {
        super.exportStates(groups, count, target, columns);
        DataBuffer indexes = target.allocate(4L * count);
        try {
            for (int i = 0; i < count; i++) {
                long held =
                        NativeMemory.getLong(
                                MEMORY, state(NativeMemory.getInt(groups, (long) i << 2)));
                NativeMemory.setInt(indexes.segment(), (long) i << 2, (int) (held - 1));
            }
            columns.add(ColumnGather.gatherNullable(values(), indexes.segment(), count, target));
        } finally {
            indexes.release();
        }
        if (compares() && !words) {
            List<@Nullable Object> objects = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                int group = NativeMemory.getInt(groups, (long) i << 2);
                objects.add(group < keys.size() ? keys.get(group) : null);
            }
            columns.add(ColumnBuilder.of(target, keyType, objects));
        }
    }

    @Override
    void importStates(List<Column> columns, int count) {
        super.importStates(columns.subList(0, 2), count);
        for (int i = 0; i < count; i++) {
            if (NativeMemory.getLong(MEMORY, state(i)) != 0) {
                NativeMemory.setLong(MEMORY, state(i), i + 1L);
            }
            if (columns.size() > 3) {
                reservation.grow(OBJECT_BYTES);
                keys.add(columns.get(3).value(i));
            }
        }
        values = columns.get(2).retain();
    }

    /// Returns the values picked.
    AggregateResult result() {
        return (from, count, target) -> {
            DataBuffer indexes = target.allocate(4L * count);
            try {
                for (int i = 0; i < count; i++) {
                    long held = NativeMemory.getLong(MEMORY, state(from + i));
                    NativeMemory.setInt(indexes.segment(), (long) i << 2, (int) (held - 1));
                }
                return ColumnGather.gatherNullable(values(), indexes.segment(), count, target);
            } finally {
                indexes.release();
            }
        };
    }

    @Override
    public void close() {
        store.close();
        if (values != null) {
            values.release();
            values = null;
        }
        keys.clear();
        reservation.close();
    }
}
