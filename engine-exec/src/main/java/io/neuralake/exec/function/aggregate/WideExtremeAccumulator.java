package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Keeps the minimum or maximum of 128-bit decimals, strings or binary. State: int64 that tells
/// whether there is a value, then the 16 bytes of it. Long strings are copied into an arena.
final class WideExtremeAccumulator extends Accumulator {
    private final boolean views;
    private final int sign;
    private final StringArena arena;

    /// @param arena receives strings; stays the caller's
    WideExtremeAccumulator(boolean views, boolean maximum, StringArena arena) {
        this.views = views;
        this.sign = maximum ? -1 : 1;
        this.arena = arena;
    }

    @Override
    int stateBytes() {
        return 24;
    }

    /// Returns the address of the 16 bytes of a group's value.
    long value(int group) {
        return state(group) + 8;
    }

    boolean isEmpty(int group) {
        return NativeMemory.getLong(MEMORY, state(group)) == 0;
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        if (rows.count() == 0) {
            return;
        }
        MemorySegment values =
                views
                        ? Operands.views(arguments[0], rows, scratch)
                        : Operands.int128s(arguments[0], rows, scratch);
        for (int i = 0; i < rows.count(); i++) {
            offer(state(rows.group(i)), values, (long) i << 4);
        }
    }

    private void offer(long state, MemorySegment values, long offset) {
        if (NativeMemory.getLong(MEMORY, state) != 0
                && compare(values, offset, state + 8) * sign >= 0) {
            return;
        }
        long first = NativeMemory.getLong(values, offset);
        long second = NativeMemory.getLong(values, offset + 8);
        if (views && (int) first > StringView.MAX_INLINE) {
            second = arena.copy(second, (int) first);
        }
        NativeMemory.setLong(MEMORY, state, 1L);
        NativeMemory.setLong(MEMORY, state + 8, first);
        NativeMemory.setLong(MEMORY, state + 16, second);
    }

    private int compare(MemorySegment values, long offset, long stored) {
        if (views) {
            return StringView.compare(values, offset, MEMORY, stored);
        }
        return Int128.compare(
                NativeMemory.getLong(values, offset + 8),
                NativeMemory.getLong(values, offset),
                NativeMemory.getLong(MEMORY, stored + 8),
                NativeMemory.getLong(MEMORY, stored));
    }

    @Override
    List<Type> spillTypes() {
        return views ? List.of(ScalarType.BIGINT, ScalarType.VARBINARY) : super.spillTypes();
    }

    @Override
    void exportStates(
            MemorySegment groups, int count, MemoryAllocator allocator, List<Column> columns) {
        super.exportStates(groups, count, allocator, columns);
        if (!views) {
            return;
        }
        // the last two words are a view
        columns.removeLast().release();
        columns.removeLast().release();
        DataBuffer copies = allocator.allocate((long) count << 4);
        for (int i = 0; i < count; i++) {
            long at = value(NativeMemory.getInt(groups, (long) i << 2));
            MemorySegment.copy(MEMORY, at, copies.segment(), (long) i << 4, StringView.BYTES);
        }
        DataBuffer heap = arena.heap();
        columns.add(
                new ViewColumn(
                        ScalarType.VARBINARY,
                        count,
                        copies,
                        heap == null ? null : heap.retain(),
                        null));
    }

    @Override
    void importStates(List<Column> columns, int count) {
        super.importStates(views ? columns.subList(0, 1) : columns, count);
        if (views) {
            MemorySegment from = ((ViewColumn) columns.get(1)).views();
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(from, (long) i << 4, MEMORY, value(i), StringView.BYTES);
            }
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
            long theirs = other.state(NativeMemory.getInt(from, (long) i << 2));
            if (NativeMemory.getLong(MEMORY, theirs) != 0) {
                offer(state(NativeMemory.getInt(into, (long) i << 2)), MEMORY, theirs + 8);
            }
        }
    }
}
