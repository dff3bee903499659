package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.EntryStates;
import io.neuralake.exec.spill.SpillWriter;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Writes the groups of one state, partition by partition. Used once, by one thread.
final class GroupSpiller {
    private static final int MIN_BLOCK_ROWS = 16;
    private static final int MAX_BLOCK_ROWS = 2048;

    private final GroupedState state;
    private final SpilledGroups target;
    private final MemoryAllocator allocator;
    private final List<EntryStates> entryStates;
    private final int blockRows;

    GroupSpiller(GroupedState state, SpilledGroups target, MemoryAllocator allocator) {
        this.state = state;
        this.target = target;
        this.allocator = allocator;
        this.entryStates = state.accumulators().entryStates();
        long rowBytes = state.bytes() / state.groupCount() + 1;
        this.blockRows = Math.clamp(target.blockBytes() / rowBytes, MIN_BLOCK_ROWS, MAX_BLOCK_ROWS);
    }

    void run() {
        state.endInput();
        int[] starts = new int[(1 << SpilledGroups.BITS) + 1];
        DataBuffer order = state.order(target.shift(), starts);
        try (SpillWriter writer = target.newWriter(allocator)) {
            entryStates.forEach(EntryStates::sortEntries);
            for (int p = 0; p + 1 < starts.length; p++) {
                for (int from = starts[p]; from < starts[p + 1]; from += blockRows) {
                    int count = Math.min(blockRows, starts[p + 1] - from);
                    MemorySegment groups = order.segment().asSlice(4L * from, 4L * count);
                    writeStates(writer, p, groups, count);
                    for (int e = 0; e < entryStates.size(); e++) {
                        writeEntries(writer, p, e, groups, count);
                    }
                }
            }
        } finally {
            order.release();
        }
    }

    private void writeStates(SpillWriter writer, int partition, MemorySegment groups, int count) {
        List<Column> columns = new ArrayList<>();
        try {
            addKeys(groups, count, columns);
            state.accumulators().exportStates(groups, count, allocator, columns);
            Batch batch = Batch.of(count, columns.toArray(Column[]::new));
            target.addStates(partition, entryStates.size(), writer.write(batch));
        } finally {
            columns.forEach(Column::release);
        }
    }

    private void addKeys(MemorySegment groups, int count, List<Column> columns) {
        for (int k = 0; k < target.keyCount(); k++) {
            columns.add(state.keyColumn(k, groups, count, allocator));
        }
    }

    private void writeEntries(
            SpillWriter writer, int partition, int aggregate, MemorySegment groups, int count) {
        EntryStates entries = entryStates.get(aggregate);
        DataBuffer picked = allocator.allocate(8L * MAX_BLOCK_ROWS);
        try {
            MemorySegment entryIds = picked.segment().asSlice(0, 4L * MAX_BLOCK_ROWS);
            MemorySegment groupIds = picked.segment().asSlice(4L * MAX_BLOCK_ROWS);
            int filled = 0;
            for (int i = 0; i < count; i++) {
                int group = NativeMemory.getInt(groups, 4L * i);
                int end = entries.firstEntry(group + 1);
                for (int at = entries.firstEntry(group); at < end; at++) {
                    NativeMemory.setInt(entryIds, 4L * filled, entries.entryAt(at));
                    NativeMemory.setInt(groupIds, 4L * filled, group);
                    if (++filled == MAX_BLOCK_ROWS) {
                        writeEntries(writer, partition, aggregate, entryIds, groupIds, filled);
                        filled = 0;
                    }
                }
            }
            if (filled > 0) {
                writeEntries(writer, partition, aggregate, entryIds, groupIds, filled);
            }
        } finally {
            picked.release();
        }
    }

    private void writeEntries(
            SpillWriter writer,
            int partition,
            int aggregate,
            MemorySegment entryIds,
            MemorySegment groupIds,
            int count) {
        List<Column> columns = new ArrayList<>();
        try {
            addKeys(groupIds, count, columns);
            columns.addAll(entryStates.get(aggregate).entryColumns(entryIds, count, allocator));
            Batch batch = Batch.of(count, columns.toArray(Column[]::new));
            target.addEntries(partition, entryStates.size(), aggregate, writer.write(batch));
        } finally {
            columns.forEach(Column::release);
        }
    }
}
