package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Collects the distinct arguments of each group in a hash table of (group, arguments), and feeds
/// them to the accumulators of its scope when the input has ended. No state in the group's row.
final class DistinctAccumulator extends Accumulator implements EntryStates {
    private static final int CHUNK_ROWS = 2048;

    private final MemoryAllocator allocator;
    private final AggregateScope scope = new AggregateScope();
    private final boolean grouped;
    private final int argumentCount;
    private final List<Type> argumentTypes;
    private final GroupTable table;
    private @Nullable GroupRuns runs;

    /// @param grouped false when there is only group 0
    DistinctAccumulator(MemoryAllocator allocator, List<Field> arguments, boolean grouped) {
        this.allocator = allocator;
        this.grouped = grouped;
        this.argumentCount = arguments.size();
        this.argumentTypes = arguments.stream().map(Field::type).toList();
        List<Type> types = new ArrayList<>();
        int first = grouped ? 1 : 0;
        boolean[] nullable = new boolean[arguments.size() + first];
        if (grouped) {
            types.add(ScalarType.INTEGER);
        }
        for (int a = 0; a < arguments.size(); a++) {
            types.add(arguments.get(a).type());
            nullable[a + first] = arguments.get(a).nullable();
        }
        table = new GroupTable(allocator, types, nullable, new byte[0]);
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
        MemorySegment entries = scratch.ints(rows.count());
        @Nullable Column[] keys = new Column[argumentCount + (grouped ? 1 : 0)];
        System.arraycopy(arguments, 0, keys, grouped ? 1 : 0, argumentCount);
        table.assign(keys, rows, entries, scratch);
    }

    /// Sorts the entries by group; needed before another accumulator merges from this one in parts.
    private synchronized GroupRuns runs() {
        if (runs == null) {
            int entries = table.groupCount();
            table.freeze();
            DataBuffer groups = allocator.allocate(4L * entries);
            try {
                table.leading(0, entries, groups.segment());
                runs = new GroupRuns(allocator, groups.segment(), entries, groupCount());
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
            mergeAll(source, scratch);
            return;
        }
        GroupRuns theirs = source.runs();
        MemorySegment entries = scratch.ints(CHUNK_ROWS);
        MemorySegment leading = scratch.ints(CHUNK_ROWS);
        int filled = 0;
        for (int i = 0; i < count; i++) {
            int group = NativeMemory.getInt(from, (long) i << 2);
            int mine = NativeMemory.getInt(into, (long) i << 2);
            int end = theirs.start(group + 1);
            for (int p = theirs.start(group); p < end; p++) {
                NativeMemory.setInt(entries, (long) filled << 2, theirs.entry(p));
                NativeMemory.setInt(leading, (long) filled << 2, mine);
                if (++filled == CHUNK_ROWS) {
                    take(source, entries, leading, filled, scratch);
                    filled = 0;
                }
            }
        }
        take(source, entries, leading, filled, scratch);
    }

    private void mergeAll(DistinctAccumulator source, BatchScratch scratch) {
        source.table.freeze();
        MemorySegment entries = scratch.ints(CHUNK_ROWS);
        int total = source.table.groupCount();
        for (int from = 0; from < total; from += CHUNK_ROWS) {
            int count = Math.min(CHUNK_ROWS, total - from);
            for (int i = 0; i < count; i++) {
                NativeMemory.setInt(entries, (long) i << 2, from + i);
            }
            take(source, entries, null, count, scratch);
        }
    }

    private void take(
            DistinctAccumulator source,
            MemorySegment entries,
            @Nullable MemorySegment leading,
            int count,
            BatchScratch scratch) {
        long mark = scratch.mark();
        MemorySegment ignored = scratch.ints(count);
        table.assign(source.table, entries, count, leading, ignored, scratch);
        scratch.release(mark);
    }

    @Override
    long bytes() {
        return table.bytes();
    }

    @Override
    long growthBytes(int rows) {
        return table.growthBytes(rows);
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
        try (Ownership owned = new Ownership()) {
            List<Column> picked = new ArrayList<>();
            for (int a = 0; a < argumentCount; a++) {
                picked.add(owned.hold(table.keyColumn(a + 1, entries, count, target)));
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
        int total = table.groupCount();
        int first = grouped ? 1 : 0;
        for (int from = 0; from < total; from += CHUNK_ROWS) {
            int count = Math.min(CHUNK_ROWS, total - from);
            long mark = scratch.mark();
            MemorySegment groups = null;
            if (grouped) {
                groups = scratch.ints(count);
                table.leading(from, count, groups);
            }
            Column[] columns = new Column[argumentCount];
            try {
                for (int a = 0; a < argumentCount; a++) {
                    columns[a] = table.keyColumn(a + first, from, count, allocator);
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
        scope.accumulators().forEach(accumulator -> accumulator.complete(scratch));
    }

    @Override
    public void close() {
        table.close();
        if (runs != null) {
            runs.close();
            runs = null;
        }
        scope.accumulators().forEach(Accumulator::close);
    }
}
