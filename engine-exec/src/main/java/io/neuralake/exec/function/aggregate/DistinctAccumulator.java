package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Collects the distinct arguments of each group, and feeds them to the accumulators of its scope when
/// the input has ended. No state in the group's row.
final class DistinctAccumulator extends Accumulator implements EntryStates {
    private static final int CHUNK_ROWS = 2048;

    /// Entries of a list that are looked at together: their table stays in the second-level cache.
    private static final int PIECE_ENTRIES = 16 * 1024;

    private final MemoryAllocator allocator;
    private final AggregateScope scope = new AggregateScope();
    private final boolean grouped;
    private final List<Type> argumentTypes;
    private final DistinctEntries entries;
    private @Nullable GroupRuns runs;

    /// @param grouped false when there is only group 0
    DistinctAccumulator(MemoryAllocator allocator, List<Field> arguments, boolean grouped) {
        this.allocator = allocator;
        this.grouped = grouped;
        this.argumentTypes = arguments.stream().map(Field::type).toList();
        this.entries = new DistinctEntries(allocator, arguments, grouped);
    }

    /// Returns the accumulators that are fed the distinct arguments, numbered from 0.
    AggregateScope scope() {
        return scope;
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
        entries.add(arguments, rows, groupCount(), scratch);
    }

    /// Sorts the entries by group; needed before another accumulator merges from this one in parts.
    private synchronized GroupRuns runs() {
        if (runs == null) {
            int count = entries.count();
            entries.freeze();
            DataBuffer groups = allocator.allocate(4L * count);
            try {
                entries.groups(0, count, groups.segment());
                runs = new GroupRuns(allocator, groups.segment(), count, groupCount());
            } finally {
                groups.release();
            }
        }
        return runs;
    }

    @Override
    void merge(
            Accumulator other,
            MemorySegment from,
            MemorySegment into,
            int count,
            BatchScratch scratch) {
        DistinctAccumulator source = (DistinctAccumulator) other;
        if (!grouped) {
            source.entries.freeze();
            entries.takeAll(source.entries, scratch);
            return;
        }
        GroupRuns theirs = source.runs();
        if (entries.count() == 0) {
            entries.reserve(entriesOf(theirs, from, count));
        }
        MemorySegment taken = scratch.ints(CHUNK_ROWS);
        MemorySegment groups = scratch.ints(CHUNK_ROWS);
        int filled = 0;
        for (int i = 0; i < count; i++) {
            int group = NativeMemory.getInt(from, (long) i << 2);
            int mine = NativeMemory.getInt(into, (long) i << 2);
            int end = theirs.start(group + 1);
            for (int p = theirs.start(group); p < end; p++) {
                NativeMemory.setInt(taken, (long) filled << 2, theirs.entry(p));
                NativeMemory.setInt(groups, (long) filled << 2, mine);
                if (++filled == CHUNK_ROWS) {
                    entries.take(source.entries, taken, groups, filled, scratch);
                    filled = 0;
                }
            }
        }
        entries.take(source.entries, taken, groups, filled, scratch);
    }

    private static int entriesOf(GroupRuns runs, MemorySegment groups, int count) {
        int total = 0;
        for (int i = 0; i < count; i++) {
            int group = NativeMemory.getInt(groups, (long) i << 2);
            total += runs.start(group + 1) - runs.start(group);
        }
        return total;
    }

    @Override
    long bytes() {
        return entries.bytes();
    }

    @Override
    long growthBytes(int rows) {
        // to complete takes the entries by group
        long sorted = grouped ? 8L * entries.count() + 8L * rows + 4L * groupCount() : 0;
        return entries.growthBytes(rows) + sorted;
    }

    @Override
    long completionBytes() {
        return entries.completionBytes();
    }

    @Override
    List<Type> spillTypes() {
        return List.of();
    }

    @Override
    public List<Type> entryTypes() {
        return argumentTypes;
    }

    @Override
    public void sortEntries() {
        if (!grouped) {
            throw new IllegalStateException("There is one group only");
        }
        runs();
    }

    @Override
    public int firstEntry(int group) {
        return runs().start(group);
    }

    @Override
    public int entryAt(int position) {
        return runs().entry(position);
    }

    @Override
    public List<Column> entryColumns(MemorySegment entries, int count, MemoryAllocator target) {
        return this.entries.columns(entries, count, target);
    }

    @Override
    public void addEntries(Column[] arguments, RowSet rows, BatchScratch scratch) {
        add(arguments, rows, scratch);
    }

    @Override
    void complete(BatchScratch scratch) {
        if (entries.mayRepeat()) {
            feedPieces(scratch);
        } else {
            feed(entries, scratch);
        }
        scope.accumulators().forEach(accumulator -> accumulator.complete(scratch));
    }

    /// Finds the distinct entries of a list, some groups at a time.
    private void feedPieces(BatchScratch scratch) {
        GroupRuns sorted = runs();
        int groups = groupCount();
        int from = 0;
        while (from < groups) {
            int first = sorted.start(from);
            int to = from + 1;
            while (to < groups && sorted.start(to + 1) - first <= PIECE_ENTRIES) {
                to++;
            }
            int end = sorted.start(to);
            try (DistinctEntries piece = entries.newPiece()) {
                piece.reserve(end - first);
                for (int at = first; at < end; at += CHUNK_ROWS) {
                    int count = Math.min(CHUNK_ROWS, end - at);
                    piece.take(entries, sorted.entries(at, at + count), null, count, scratch);
                }
                feed(piece, scratch);
            }
            from = to;
        }
    }

    private void feed(DistinctEntries distinct, BatchScratch scratch) {
        int total = distinct.count();
        for (int from = 0; from < total; from += CHUNK_ROWS) {
            int count = Math.min(CHUNK_ROWS, total - from);
            long mark = scratch.mark();
            MemorySegment groups = null;
            if (grouped) {
                groups = scratch.ints(count);
                distinct.groups(from, count, groups);
            }
            Column[] columns = new Column[argumentTypes.size()];
            try {
                for (int a = 0; a < columns.length; a++) {
                    columns[a] = distinct.argument(a, from, count);
                }
                scope.add(columns, new RowSet(count, null, groups), scratch);
            } finally {
                for (Column column : columns) {
                    if (column != null) {
                        column.release();
                    }
                }
            }
            scratch.release(mark);
        }
    }

    @Override
    public void close() {
        entries.close();
        if (runs != null) {
            runs.close();
            runs = null;
        }
        scope.accumulators().forEach(Accumulator::close);
    }
}
