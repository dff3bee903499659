package io.neuralake.exec.function.aggregate;

import static io.neuralake.exec.function.aggregate.Operands.INT;

import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.row.ColumnAppender;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.exec.row.Ownership;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Keeps all values of each group, for functions that need them all: arrays, strings, quantiles,
/// modes. When the input has ended, the rows are sorted by group, and in each by the order wanted. No
/// state in the group's row.
final class CollectAccumulator extends Accumulator implements EntryStates {
    private static final int CHUNK_ROWS = 2048;
    private static final int FIRST_ROWS = 1024;

    private final MemoryAllocator allocator;
    private final List<Type> types;
    private final List<ColumnAppender> appenders = new ArrayList<>();
    private final boolean skipNulls;
    private final List<SortKey> order;
    private final MemoryReservation reservation;
    private final List<Column> columns = new ArrayList<>();
    private @Nullable DataBuffer groupIds;
    private int rowCount;
    private long rowBytes;
    private @Nullable GroupRuns runs;
    private boolean frozen;

    /// @param types of the arguments: what is collected, then what it is ordered by
    /// @param skipNulls leaves out rows in which the first argument is null
    /// @param order columns count in the arguments
    CollectAccumulator(
            List<Type> types, boolean skipNulls, List<SortKey> order, MemoryAllocator allocator) {
        this.types = List.copyOf(types);
        this.allocator = allocator;
        this.skipNulls = skipNulls;
        this.order = List.copyOf(order);
        this.reservation = allocator.reservation("aggregate");
        for (Type type : types) {
            appenders.add(new ColumnAppender(type, allocator));
        }
    }

    @Override
    int stateBytes() {
        return 0;
    }

    @Override
    boolean isSelfContained() {
        return false;
    }

    @Override
    void add(Column[] arguments, RowSet rows, BatchScratch scratch) {
        RowSet kept = skipNulls ? Operands.nonNull(arguments[0], rows, scratch) : rows;
        int count = kept.count();
        if (count == 0) {
            return;
        }
        MemorySegment ids = reserve(count);
        for (int i = 0; i < count; i++) {
            NativeMemory.setInt(ids, (long) (rowCount + i) << 2, kept.group(i));
        }
        MemorySegment picked = kept.rows();
        for (int a = 0; a < arguments.length; a++) {
            if (picked == null && count == arguments[a].rowCount()) {
                appenders.get(a).append(arguments[a]);
            } else {
                appenders.get(a).append(arguments[a], indexes(kept, scratch), count);
            }
        }
        rowCount += count;
        for (Column argument : arguments) {
            rowBytes += RowBytes.estimate(argument) * count / argument.rowCount();
        }
    }

    private static MemorySegment indexes(RowSet rows, BatchScratch scratch) {
        MemorySegment picked = rows.rows();
        if (picked != null) {
            return picked;
        }
        MemorySegment all = scratch.ints(rows.count());
        for (int i = 0; i < rows.count(); i++) {
            NativeMemory.setInt(all, (long) i << 2, i);
        }
        return all;
    }

    /// Makes room for `more` group ids behind those that are there.
    private MemorySegment reserve(int more) {
        DataBuffer old = groupIds;
        long needed = 4L * Math.addExact(rowCount, more);
        if (old != null && old.size() >= needed) {
            return old.segment();
        }
        DataBuffer grown = allocator.allocate(Math.max(needed * 2, 4L * FIRST_ROWS));
        if (old != null) {
            MemorySegment.copy(old.segment(), 0, grown.segment(), 0, 4L * rowCount);
            old.release();
        }
        groupIds = grown;
        return grown.segment();
    }

    /// Puts the values together and finds those of each group; from then on several may read.
    private synchronized void freeze() {
        if (frozen) {
            return;
        }
        for (ColumnAppender appender : appenders) {
            columns.add(appender.finish());
        }
        runs = new GroupRuns(allocator, reserve(0), rowCount, groupCount());
        frozen = true;
    }

    private GroupRuns runs() {
        GroupRuns made = runs;
        if (made == null) {
            throw new IllegalStateException("Input has not ended");
        }
        return made;
    }

    @Override
    void merge(
            Accumulator other,
            MemorySegment from,
            MemorySegment into,
            int count,
            BatchScratch scratch) {
        CollectAccumulator source = (CollectAccumulator) other;
        source.freeze();
        GroupRuns theirs = source.runs();
        MemorySegment entries = scratch.ints(CHUNK_ROWS);
        MemorySegment groups = scratch.ints(CHUNK_ROWS);
        int filled = 0;
        for (int i = 0; i < count; i++) {
            int group = NativeMemory.getInt(from, (long) i << 2);
            int mine = NativeMemory.getInt(into, (long) i << 2);
            int end = theirs.start(group + 1);
            for (int p = theirs.start(group); p < end; p++) {
                NativeMemory.setInt(entries, (long) filled << 2, theirs.entry(p));
                NativeMemory.setInt(groups, (long) filled << 2, mine);
                if (++filled == CHUNK_ROWS) {
                    take(source, entries, groups, filled);
                    filled = 0;
                }
            }
        }
        take(source, entries, groups, filled);
    }

    private void take(
            CollectAccumulator source, MemorySegment entries, MemorySegment groups, int count) {
        if (count == 0) {
            return;
        }
        MemorySegment.copy(groups, 0, reserve(count), 4L * rowCount, 4L * count);
        for (int a = 0; a < appenders.size(); a++) {
            appenders.get(a).append(source.columns.get(a), entries, count);
        }
        rowCount += count;
    }

    @Override
    long bytes() {
        return rowBytes + 4L * rowCount;
    }

    /// To complete takes a copy of the fixed parts, the order, and twice the rows when they are sorted.
    @Override
    long growthBytes(int rows) {
        return rowBytes / 2 + (order.isEmpty() ? 12L : 24L) * ((long) rowCount + rows);
    }

    @Override
    List<Type> spillTypes() {
        return List.of();
    }

    @Override
    public List<Type> entryTypes() {
        return types;
    }

    @Override
    public void sortEntries() {
        freeze();
    }

    @Override
    public int firstEntry(int group) {
        return start(group);
    }

    @Override
    public int entryAt(int position) {
        return entry(position);
    }

    @Override
    public List<Column> entryColumns(MemorySegment entries, int count, MemoryAllocator target) {
        try (Ownership owned = new Ownership()) {
            List<Column> picked = new ArrayList<>();
            for (Column column : columns) {
                picked.add(owned.hold(ColumnGather.gather(column, entries, count, target)));
            }
            owned.transfer();
            return picked;
        }
    }

    @Override
    public void addEntries(Column[] arguments, RowSet rows, BatchScratch scratch) {
        add(arguments, rows, scratch);
    }

    @Override
    void complete(BatchScratch scratch) {
        freeze();
        if (order.isEmpty()) {
            return;
        }
        GroupRuns sorted = runs();
        reservation.grow(4L * rowCount);
        try (RowOrder rowOrder = new RowOrder(columns, order, allocator)) {
            int[] rows = new int[rowCount];
            MemorySegment entries = sorted.entries(0, rowCount);
            MemorySegment.copy(entries, INT, 0, rows, 0, rowCount);
            for (int group = 0; group < groupCount(); group++) {
                rowOrder.sort(rows, sorted.start(group), sorted.start(group + 1));
            }
            MemorySegment.copy(rows, 0, entries, INT, 0, rowCount);
        } finally {
            reservation.shrink(4L * rowCount);
        }
    }

    /// Returns an argument's values, by entry, which stay this object's.
    Column column(int argument) {
        return columns.get(argument);
    }

    /// Returns the position of a group's first entry; that of the next group is its end.
    int start(int group) {
        return runs().start(group);
    }

    /// Returns the entry at a position: a row of the columns.
    int entry(int position) {
        return runs().entry(position);
    }

    /// Returns the entries of positions `from` to `to`.
    MemorySegment entries(int from, int to) {
        return runs().entries(from, to);
    }

    @Override
    public void close() {
        appenders.forEach(ColumnAppender::close);
        columns.forEach(Column::release);
        columns.clear();
        if (groupIds != null) {
            groupIds.release();
            groupIds = null;
        }
        if (runs != null) {
            runs.close();
            runs = null;
        }
        reservation.close();
    }
}
