package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.AccumulatorSet;
import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.GroupRows;
import io.neuralake.exec.function.aggregate.GroupTable;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// The groups of one grouping set, as far as one worker (or one merged partition) has seen them.
final class GroupedState implements AutoCloseable {
    private static final int CHUNK_ROWS = 2048;

    private final MemoryAllocator allocator;
    private final int[] keyColumns;
    private final @Nullable GroupTable table;
    private final @Nullable DirectGroups direct;
    private final GroupRows rows;
    private final AccumulatorSet accumulators;
    private @Nullable DataBuffer partitioned;
    private int[] partitionStarts = new int[0];

    /// @param set positions in the keys of the node
    GroupedState(
            HashAggregate node,
            List<Integer> set,
            List<AggregateCall> calls,
            MemoryAllocator allocator) {
        this.allocator = allocator;
        keyColumns = set.stream().mapToInt(node.keys()::get).toArray();
        accumulators = new AccumulatorSet(calls, node.input().schema(), !set.isEmpty(), allocator);
        byte[] template = accumulators.template();
        if (set.isEmpty()) {
            table = null;
            direct = null;
            rows = new GroupRows(allocator, template);
            accumulators.bind(rows, 0);
            try {
                rows.ensure(1);
            } catch (RuntimeException | Error e) {
                accumulators.close();
                throw e;
            }
        } else {
            List<Type> types = new ArrayList<>();
            boolean[] nullable = new boolean[keyColumns.length];
            for (int k = 0; k < keyColumns.length; k++) {
                Field field = node.input().schema().field(keyColumns[k]);
                types.add(field.type());
                nullable[k] = field.nullable();
            }
            GroupTable made = new GroupTable(allocator, types, nullable, template);
            table = made;
            direct = new DirectGroups(made, types, allocator);
            rows = made.rows();
            accumulators.bind(rows, made.stateOffset());
        }
    }

    int groupCount() {
        return rows.count();
    }

    AccumulatorSet accumulators() {
        return accumulators;
    }

    void add(Column[] columns, RowSet batch, BatchScratch scratch) {
        RowSet grouped = batch;
        if (table != null && direct != null) {
            Column[] keys = new Column[keyColumns.length];
            for (int k = 0; k < keys.length; k++) {
                keys[k] = columns[keyColumns[k]];
            }
            MemorySegment groups = scratch.ints(batch.count());
            direct.assign(keys, batch, groups, scratch);
            grouped = batch.withGroups(groups);
        }
        accumulators.add(columns, grouped, scratch);
    }

    /// Frees what only adding needs.
    void endInput() {
        if (direct != null) {
            direct.close();
        }
        if (table != null) {
            table.freeze();
        }
    }

    /// Sorts the groups by partition of their hash, so that [#merge] can take one at a time.
    void partition(int partitionBits) {
        if (partitioned != null || table == null) {
            return;
        }
        int count = rows.count();
        int[] starts = new int[(1 << partitionBits) + 1];
        DataBuffer order = allocator.allocate(4L * count);
        partitioned = order;
        DataBuffer hashes = allocator.allocate(8L * count);
        try {
            MemorySegment h = hashes.segment();
            table.hashes(0, count, h);
            int shift = 64 - partitionBits;
            for (int g = 0; g < count; g++) {
                starts[(int) (h.get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * g) >>> shift) + 1]++;
            }
            for (int p = 1; p < starts.length; p++) {
                starts[p] += starts[p - 1];
            }
            int[] next = starts.clone();
            for (int g = 0; g < count; g++) {
                int p = (int) (h.get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * g) >>> shift);
                order.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * next[p]++, g);
            }
        } finally {
            hashes.release();
        }
        partitionStarts = starts;
    }

    /// Adds one partition of the other's groups, or all of them when it was not partitioned.
    void merge(GroupedState other, int partition, BatchScratch scratch) {
        if (table != null && other.table != null) {
            table.shareStrings();
            table.arena().share(other.table.arena());
        }
        DataBuffer order = other.partitioned;
        int from = order == null ? 0 : other.partitionStarts[partition];
        int to = order == null ? other.groupCount() : other.partitionStarts[partition + 1];
        for (int at = from; at < to; at += CHUNK_ROWS) {
            int count = Math.min(CHUNK_ROWS, to - at);
            scratch.reset();
            MemorySegment theirs;
            if (order == null) {
                theirs = scratch.ints(count);
                for (int i = 0; i < count; i++) {
                    theirs.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, at + i);
                }
            } else {
                theirs = order.segment().asSlice(4L * at, 4L * count);
            }
            MemorySegment mine = scratch.ints(count);
            if (table != null && other.table != null) {
                table.assign(other.table, theirs, count, mine, scratch);
            } else {
                mine.fill((byte) 0);
            }
            accumulators.merge(other.accumulators, theirs, mine, count, scratch);
        }
    }

    /// Ends the input and makes the results readable.
    void complete(BatchScratch scratch) {
        endInput();
        scratch.reset();
        accumulators.complete(scratch);
    }

    /// Returns the values of a key of the set, which the caller owns.
    Column keyColumn(int key, int from, int count, MemoryAllocator target) {
        if (table == null) {
            throw new IllegalStateException("No keys");
        }
        return table.keyColumn(key, from, count, target);
    }

    @Override
    public void close() {
        if (direct != null) {
            direct.close();
        }
        accumulators.close();
        if (table != null) {
            table.close();
        }
        rows.close();
        if (partitioned != null) {
            partitioned.release();
            partitioned = null;
        }
    }
}
