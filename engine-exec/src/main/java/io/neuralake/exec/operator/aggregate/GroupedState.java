package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.AccumulatorSet;
import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.ClusteredMerge;
import io.neuralake.exec.function.aggregate.GroupRows;
import io.neuralake.exec.function.aggregate.GroupTable;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// The groups of one grouping set, as far as one worker (or one merged partition) has seen them.
final class GroupedState implements AutoCloseable {
    private static final int CHUNK_ROWS = 2048;

    private final MemoryAllocator allocator;
    private final int[] keyColumns;
    private final @Nullable GroupTable table;
    private final @Nullable DirectGroups direct;
    private final GroupRows rows;
    private final AccumulatorSet accumulators;
    private final ReentrantLock partitioning = new ReentrantLock();
    private @Nullable DataBuffer partitioned;
    private int[] partitionStarts = new int[0];

    /// Whose strings the keys point to.
    private @Nullable GroupedState stringsOf;

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

    /// Adds groups of another set, which has all keys of this.
    ///
    /// @param keys for each key of this set its position in the other
    void addGroups(GroupedState other, int[] keys, int from, int count, BatchScratch scratch) {
        long mark = scratch.mark();
        MemorySegment theirs = range(from, count, scratch);
        MemorySegment mine = scratch.ints(count);
        if (table == null) {
            mine.fill((byte) 0);
        } else {
            if (stringsOf != other && other.table != null && !table.hasNestedKeys()) {
                table.shareStrings();
                table.arena().share(other.table.arena());
                stringsOf = other;
            }
            try (Ownership owned = new Ownership()) {
                Column[] columns = new Column[keys.length];
                for (int k = 0; k < keys.length; k++) {
                    columns[k] = owned.hold(other.keyColumn(keys[k], from, count, allocator));
                }
                table.assign(columns, new RowSet(count, null, null), mine, scratch);
            }
        }
        accumulators.merge(other.accumulators, theirs, mine, count, scratch);
        scratch.release(mark);
    }

    private static MemorySegment range(int from, int count, BatchScratch scratch) {
        MemorySegment groups = scratch.ints(count);
        for (int i = 0; i < count; i++) {
            NativeMemory.setInt(groups, 4L * i, from + i);
        }
        return groups;
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

    /// Tells whether the set has keys; else there is one group.
    boolean hasKeys() {
        return table != null;
    }

    /// Returns about the bytes held.
    long bytes() {
        return (table == null ? rows.stride() : table.bytes()) + accumulators.bytes();
    }

    /// Returns about the bytes that adding so many rows, and completing then, may need at most.
    long growthBytes(int more) {
        return (table == null ? 0 : table.growthBytes(more)) + accumulators.growthBytes(more);
    }

    /// Sorts the groups by partition of their hash, so that [#merge] can take one at a time. Several
    /// workers may ask for it; all but the first wait.
    ///
    /// @param wait false to return at once when another worker does it
    void partition(int partitionBits, boolean wait) {
        if (wait) {
            partitioning.lock();
        } else if (!partitioning.tryLock()) {
            return;
        }
        try {
            if (partitioned == null && table != null) {
                table.dropPages();
                int[] starts = new int[(1 << partitionBits) + 1];
                partitioned = order(Long.SIZE - partitionBits, starts);
                partitionStarts = starts;
            }
        } finally {
            partitioning.unlock();
        }
    }

    /// Tells whether the groups are those of neighbouring keys, which [#mergeClustered] may merge.
    boolean mayBeClustered() {
        return table != null && table.hasPages();
    }

    /// Moves groups that several states have to the first of them, if these are few and the keys lie
    /// close together; then no key is in two states. Nothing can be added after.
    ///
    /// @param most how many groups may be moved
    /// @return whether that was done
    static boolean mergeClustered(List<GroupedState> states, int most) {
        List<ClusteredMerge.Part> parts = new ArrayList<>();
        for (GroupedState state : states) {
            if (state.table != null && state.mayBeClustered()) {
                parts.add(new ClusteredMerge.Part(state.table, state.accumulators));
            }
        }
        return parts.size() == states.size()
                && ClusteredMerge.merge(parts, most, states.getFirst().allocator);
    }

    /// Returns the groups, int32, ordered by the bits of their hashes from `shift` on, which the caller
    /// owns.
    ///
    /// @param starts receives where each partition starts, and the end
    DataBuffer order(int shift, int[] starts) {
        GroupTable groups = table;
        if (groups == null) {
            throw new IllegalStateException("No keys");
        }
        int count = rows.count();
        int mask = starts.length - 2;
        try (Ownership owned = new Ownership()) {
            DataBuffer order = owned.hold(allocator.allocate(4L * count));
            DataBuffer hashes = owned.hold(allocator.allocate(8L * CHUNK_ROWS));
            MemorySegment h = hashes.segment();
            for (int from = 0; from < count; from += CHUNK_ROWS) {
                int chunk = Math.min(CHUNK_ROWS, count - from);
                groups.hashes(from, chunk, h);
                for (int i = 0; i < chunk; i++) {
                    starts[partition(h, i, shift, mask) + 1]++;
                }
            }
            for (int p = 1; p < starts.length; p++) {
                starts[p] += starts[p - 1];
            }
            int[] next = starts.clone();
            for (int from = 0; from < count; from += CHUNK_ROWS) {
                int chunk = Math.min(CHUNK_ROWS, count - from);
                groups.hashes(from, chunk, h);
                for (int i = 0; i < chunk; i++) {
                    int p = partition(h, i, shift, mask);
                    NativeMemory.setInt(order.segment(), 4L * next[p]++, from + i);
                }
            }
            owned.transfer();
            hashes.release();
            return order;
        }
    }

    private static int partition(MemorySegment hashes, int i, int shift, int mask) {
        return (int) (NativeMemory.getLong(hashes, 8L * i) >>> shift) & mask;
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
                theirs = range(at, count, scratch);
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

    /// Adds spilled groups.
    ///
    /// @param block keys, then states as this set's accumulators export them; stays the caller's
    void addStates(Batch block, AccumulatorSet imported, BatchScratch scratch) {
        int count = block.rowCount();
        scratch.reset();
        MemorySegment mine = groupsOf(block, scratch);
        accumulators.mergeImported(imported, mine, count, scratch);
    }

    /// Adds spilled entries of one aggregate.
    ///
    /// @param block keys, then arguments; stays the caller's
    /// @param aggregate position in [AccumulatorSet#entryStates]
    void addEntries(Batch block, int aggregate, BatchScratch scratch) {
        scratch.reset();
        MemorySegment mine = groupsOf(block, scratch);
        Column[] arguments =
                block.columns()
                        .subList(keyColumns.length, block.columnCount())
                        .toArray(Column[]::new);
        accumulators
                .entryStates()
                .get(aggregate)
                .addEntries(arguments, new RowSet(block.rowCount(), null, mine), scratch);
    }

    private MemorySegment groupsOf(Batch block, BatchScratch scratch) {
        if (table == null) {
            throw new IllegalStateException("No keys");
        }
        MemorySegment groups = scratch.ints(block.rowCount());
        Column[] keys = block.columns().subList(0, keyColumns.length).toArray(Column[]::new);
        table.assign(keys, new RowSet(block.rowCount(), null, null), groups, scratch);
        return groups;
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

    /// Returns the values of a key of the set for some groups, which the caller owns.
    Column keyColumn(int key, MemorySegment groups, int count, MemoryAllocator target) {
        if (table == null) {
            throw new IllegalStateException("No keys");
        }
        return table.keyColumn(key, groups, count, target);
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
