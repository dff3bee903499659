package io.neuralake.exec.operator.window;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.GroupTable;
import io.neuralake.exec.function.aggregate.RowOrder;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.exec.plan.PhysicalPlan.Window;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The rows of some whole partitions, one partition after the other, each in order. A position
/// counts in this sequence, a row in the input. Peers are rows of a partition that are equal by the
/// order keys; without order keys the whole partition is.
final class SortedRows implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int CHUNK_ROWS = 2048;

    private final List<Column> columns;
    private final MemoryAllocator allocator;
    private final MemoryReservation reservation;
    private final int count;
    private final int[] rows;
    private final int[] partitionOf;
    private final int[] partitionStarts;
    private final int[] peersOf;
    private final int[] peerStarts;
    private final @Nullable Column[] sorted;
    private final List<Column> constants = new ArrayList<>();

    /// Sorts rows of the input.
    ///
    /// @param columns the input, whole; stays the caller's
    /// @param order of `columns`
    /// @param input int32 rows that make up whole partitions
    SortedRows(
            Window node,
            List<Column> columns,
            RowOrder order,
            MemorySegment input,
            int count,
            MemoryAllocator allocator) {
        this.columns = columns;
        this.allocator = allocator;
        this.count = count;
        this.sorted = new Column[columns.size()];
        reservation = allocator.reservation("window");
        try {
            // rows, partitionOf, peersOf, and at most as many starts of either
            reservation.grow(24L * count + 64);
            rows = new int[count];
            partitionOf = new int[count];
            partitionStarts = partition(node, input);
            for (int p = 0; p + 1 < partitionStarts.length; p++) {
                order.sort(rows, partitionStarts[p], partitionStarts[p + 1]);
            }
            peersOf = new int[count];
            peerStarts = findPeers(order);
        } catch (RuntimeException | Error e) {
            reservation.close();
            throw e;
        }
    }

    /// Fills `rows` and `partitionOf`, and returns where partitions start.
    private int[] partition(Window node, MemorySegment input) {
        if (node.partitionKeys().isEmpty()) {
            MemorySegment.copy(input, INT, 0, rows, 0, count);
            return count == 0 ? new int[] {0} : new int[] {0, count};
        }
        List<Type> types = new ArrayList<>();
        Column[] keys = new Column[node.partitionKeys().size()];
        boolean[] nullable = new boolean[keys.length];
        for (int k = 0; k < keys.length; k++) {
            int column = node.partitionKeys().get(k);
            Field field = node.input().schema().field(column);
            types.add(field.type());
            nullable[k] = field.nullable();
            keys[k] = columns.get(column);
        }
        try (BatchScratch scratch = new BatchScratch(allocator);
                GroupTable table = new GroupTable(allocator, types, nullable, new byte[0])) {
            int[] groups = new int[count];
            for (int from = 0; from < count; from += CHUNK_ROWS) {
                int chunk = Math.min(CHUNK_ROWS, count - from);
                scratch.reset();
                MemorySegment ids = scratch.ints(chunk);
                table.assign(
                        keys,
                        new RowSet(chunk, input.asSlice(4L * from, 4L * chunk), null),
                        ids,
                        scratch);
                MemorySegment.copy(ids, INT, 0, groups, from, chunk);
            }
            int[] starts = new int[table.groupCount() + 1];
            for (int i = 0; i < count; i++) {
                starts[groups[i] + 1]++;
            }
            for (int p = 1; p < starts.length; p++) {
                starts[p] += starts[p - 1];
            }
            int[] next = starts.clone();
            for (int i = 0; i < count; i++) {
                int position = next[groups[i]]++;
                rows[position] = NativeMemory.getInt(input, 4L * i);
                partitionOf[position] = groups[i];
            }
            return starts;
        }
    }

    private int[] findPeers(RowOrder order) {
        int[] starts = new int[count + 1];
        int peers = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0
                    || partitionOf[i] != partitionOf[i - 1]
                    || order.compare(rows[i - 1], rows[i]) != 0) {
                starts[peers++] = i;
            }
            peersOf[i] = peers - 1;
        }
        starts[peers] = count;
        return Arrays.copyOf(starts, peers + 1);
    }

    int count() {
        return count;
    }

    int partitionCount() {
        return partitionStarts.length - 1;
    }

    int partition(int position) {
        return partitionOf[position];
    }

    int partitionStart(int position) {
        return partitionStarts[partitionOf[position]];
    }

    int partitionEnd(int position) {
        return partitionStarts[partitionOf[position] + 1];
    }

    int peerStart(int position) {
        return peerStarts[peersOf[position]];
    }

    int peerEnd(int position) {
        return peerStarts[peersOf[position] + 1];
    }

    /// Returns the number of the position's peer group, over all partitions.
    int peerGroup(int position) {
        return peersOf[position];
    }

    /// Returns the first position of a peer group; the number of groups gives [#count].
    int peerGroupStart(int group) {
        return peerStarts[group];
    }

    /// Adds a column of one value behind those of the input, and returns its number.
    int addConstant(Literal constant) {
        constants.add(ConstantColumns.of(constant.type(), constant.value(), count, allocator));
        return columns.size() + constants.size() - 1;
    }

    /// Returns a column of the input by position, or an added one, which stays this object's.
    Column sorted(int column) {
        if (column >= columns.size()) {
            return constants.get(column - columns.size());
        }
        Column made = sorted[column];
        if (made == null) {
            made = gather(column, 0, count, allocator);
            sorted[column] = made;
        }
        return made;
    }

    /// Returns a column of the input for some positions, which the caller owns.
    Column gather(int column, int from, int length, MemoryAllocator target) {
        DataBuffer indexes = target.allocate(4L * length);
        try {
            MemorySegment.copy(rows, from, indexes.segment(), INT, 0, length);
            return ColumnGather.gather(columns.get(column), indexes.segment(), length, target);
        } finally {
            indexes.release();
        }
    }

    @Override
    public void close() {
        for (int c = 0; c < sorted.length; c++) {
            Column column = sorted[c];
            if (column != null) {
                column.release();
                sorted[c] = null;
            }
        }
        constants.forEach(Column::release);
        constants.clear();
        reservation.close();
    }
}
