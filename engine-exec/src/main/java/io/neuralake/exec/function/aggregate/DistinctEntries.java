package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Arguments by group, the input of a [DistinctAccumulator]: each pair once, or in a list that has at most
/// about twice as many as there are different ones. Belongs to one thread at a time until [#freeze].
///
/// A group and an integer share a word of a [GroupTable] until an integer comes that is too large for
/// that. And while hardly any pair is met twice and groups have few, pairs are only listed: to find the
/// repeated ones takes a table that no cache holds, where whoever looks at the list group by group can
/// use small ones.
final class DistinctEntries implements AutoCloseable {
    private static final int CHUNK_ROWS = 2048;

    /// With fewer pairs it is not worth it, or not known.
    private static final int FIRST_CHECK = 16 * 1024;

    /// Different pairs of which one in 2 to the power of this is in a sample.
    private static final int SAMPLE_BITS = 4;

    /// Groups that have more pairs on average do not get small tables from a list.
    private static final int LISTED_PAIRS = 4096;

    /// What a pair takes at most in a table, while that grows.
    private static final int TABLE_BYTES = 72;

    private final MemoryAllocator allocator;
    private final boolean grouped;
    private final List<Type> types;
    private final boolean[] nullable;
    private volatile GroupTable table;
    private boolean narrow;
    private boolean listed;
    private long added;
    private int nextCheck = FIRST_CHECK;

    /// @param grouped false when there is only group 0
    DistinctEntries(MemoryAllocator allocator, List<Field> arguments, boolean grouped) {
        this(allocator, types(arguments, grouped), nullable(arguments, grouped), grouped, grouped);
    }

    private DistinctEntries(
            MemoryAllocator allocator,
            List<Type> types,
            boolean[] nullable,
            boolean grouped,
            boolean narrow) {
        this.allocator = allocator;
        this.types = types;
        this.nullable = nullable;
        this.grouped = grouped;
        this.narrow = narrow;
        table = newTable();
    }

    private static List<Type> types(List<Field> arguments, boolean grouped) {
        List<Type> types = new ArrayList<>();
        if (grouped) {
            types.add(ScalarType.INTEGER);
        }
        arguments.forEach(argument -> types.add(argument.type()));
        return types;
    }

    private static boolean[] nullable(List<Field> arguments, boolean grouped) {
        int first = grouped ? 1 : 0;
        boolean[] nullable = new boolean[arguments.size() + first];
        for (int a = 0; a < arguments.size(); a++) {
            nullable[a + first] = arguments.get(a).nullable();
        }
        return nullable;
    }

    private GroupTable newTable() {
        return narrow
                ? GroupTable.narrow(allocator, types, nullable)
                : new GroupTable(allocator, types, nullable, new byte[0]);
    }

    /// Returns an empty one that may [#take] from this without converting.
    DistinctEntries newPiece() {
        return new DistinctEntries(allocator, types, nullable, grouped, narrow);
    }

    /// Returns the number of entries.
    int count() {
        return table.groupCount();
    }

    /// Tells whether a pair may be there more than once.
    boolean mayRepeat() {
        return listed;
    }

    /// Adds the arguments of some rows to their groups.
    ///
    /// @param groups how many groups there are
    void add(Column[] arguments, RowSet rows, int groups, BatchScratch scratch) {
        @Nullable Column[] keys = new Column[types.size()];
        System.arraycopy(arguments, 0, keys, grouped ? 1 : 0, arguments.length);
        if (listed && table.tryAppend(keys, rows, scratch)) {
            if (table.groupCount() >= nextCheck) {
                checkList(groups, scratch);
            }
            return;
        }
        MemorySegment ignored = scratch.ints(rows.count());
        if (listed || !table.tryAssign(keys, rows, ignored, scratch)) {
            widen(scratch);
            table.assign(keys, rows, ignored, scratch);
        }
        added += rows.count();
        if (table.groupCount() >= nextCheck && grouped && table.canAppend()) {
            checkTable(groups);
        }
    }

    /// From a table to a list when fewer than one pair in eight was met before.
    private void checkTable(int groups) {
        int count = table.groupCount();
        listed = added < count + (long) count / 8 && areFew(count, groups);
        added = count;
        nextCheck = doubled(count);
    }

    private static boolean areFew(int pairs, int groups) {
        return pairs <= (long) groups * LISTED_PAIRS;
    }

    private static int doubled(int count) {
        return (int) Math.min(2L * count, Integer.MAX_VALUE);
    }

    /// From a list to a table again when it has twice as many pairs as there are different ones, by a
    /// sample of these, or when groups have many.
    private void checkList(int groups, BatchScratch scratch) {
        int count = table.groupCount();
        nextCheck = doubled(count);
        long mark = scratch.mark();
        MemorySegment picked = scratch.ints(CHUNK_ROWS);
        MemorySegment hashes = scratch.longs(CHUNK_ROWS);
        int total = 0;
        try (GroupTable sample = newTable()) {
            for (int from = 0; from < count; from += CHUNK_ROWS) {
                int rows = Math.min(CHUNK_ROWS, count - from);
                table.hashes(from, rows, hashes);
                int taken = 0;
                for (int i = 0; i < rows; i++) {
                    NativeMemory.setInt(picked, (long) taken << 2, from + i);
                    long hash = NativeMemory.getLong(hashes, (long) i << 3);
                    taken += hash >>> Long.SIZE - SAMPLE_BITS == 0 ? 1 : 0;
                }
                total += taken;
                copy(table, picked, taken, null, sample, scratch);
            }
            // where all hashes agree everything is in the sample
            long different =
                    total == count
                            ? sample.groupCount()
                            : (long) sample.groupCount() << SAMPLE_BITS;
            if (different < count / 2 || !areFew(count, groups)) {
                rebuild(scratch);
            }
        }
        scratch.release(mark);
    }

    /// Makes a table of the list.
    private void rebuild(BatchScratch scratch) {
        GroupTable list = table;
        GroupTable built = newTable();
        table = built;
        listed = false;
        try (list) {
            copyAll(list, built, scratch);
        }
        added = built.groupCount();
        nextCheck = doubled(built.groupCount());
    }

    private static void copyAll(GroupTable from, GroupTable to, BatchScratch scratch) {
        long mark = scratch.mark();
        MemorySegment entries = scratch.ints(CHUNK_ROWS);
        int total = from.groupCount();
        for (int at = 0; at < total; at += CHUNK_ROWS) {
            int count = Math.min(CHUNK_ROWS, total - at);
            for (int i = 0; i < count; i++) {
                NativeMemory.setInt(entries, (long) i << 2, at + i);
            }
            copy(from, entries, count, null, to, scratch);
        }
        scratch.release(mark);
    }

    private static void copy(
            GroupTable from,
            MemorySegment entries,
            int count,
            @Nullable MemorySegment groups,
            GroupTable to,
            BatchScratch scratch) {
        long mark = scratch.mark();
        to.assign(from, entries, count, groups, scratch.ints(count), scratch);
        scratch.release(mark);
    }

    /// Makes a table that has room for integers of any size.
    private void widen(BatchScratch scratch) {
        if (!narrow) {
            throw new IllegalStateException("All values have room");
        }
        GroupTable small = table;
        narrow = false;
        listed = false;
        GroupTable wide = newTable();
        table = wide;
        try (small) {
            MemorySegment entries = scratch.ints(CHUNK_ROWS);
            MemorySegment groups = scratch.ints(CHUNK_ROWS);
            int total = small.groupCount();
            for (int from = 0; from < total; from += CHUNK_ROWS) {
                int count = Math.min(CHUNK_ROWS, total - from);
                small.leading(from, count, groups);
                for (int i = 0; i < count; i++) {
                    NativeMemory.setInt(entries, (long) i << 2, from + i);
                }
                convert(small, entries, count, groups, scratch);
            }
        }
        added = wide.groupCount();
    }

    /// Adds entries of a table of another layout.
    private void convert(
            GroupTable from,
            MemorySegment entries,
            int count,
            MemorySegment groups,
            BatchScratch scratch) {
        long mark = scratch.mark();
        List<Column> columns = columns(from, entries, count, allocator);
        try {
            @Nullable Column[] keys = new Column[types.size()];
            for (int a = 0; a < columns.size(); a++) {
                keys[a + 1] = columns.get(a);
            }
            RowSet rows = new RowSet(count, null, groups);
            table.assign(keys, rows, scratch.ints(count), scratch);
        } finally {
            columns.forEach(Column::release);
        }
        scratch.release(mark);
    }

    /// Makes room for so many entries of others.
    void reserve(int more) {
        table.reserve(more);
    }

    /// Adds entries of another, which is frozen.
    ///
    /// @param entries `count` int32
    /// @param groups the groups they belong to here, int32; null to leave them
    void take(
            DistinctEntries other,
            MemorySegment entries,
            @Nullable MemorySegment groups,
            int count,
            BatchScratch scratch) {
        if (narrow == other.narrow) {
            copy(other.table, entries, count, groups, table, scratch);
            return;
        }
        if (groups == null) {
            throw new IllegalStateException("Without groups nothing is narrow");
        }
        if (narrow) {
            widen(scratch);
            copy(other.table, entries, count, groups, table, scratch);
        } else {
            convert(other.table, entries, count, groups, scratch);
        }
    }

    /// Adds all entries of another, which is frozen, to the same groups.
    void takeAll(DistinctEntries other, BatchScratch scratch) {
        copyAll(other.table, table, scratch);
    }

    /// Writes the groups of entries, int32.
    void groups(int from, int count, MemorySegment out) {
        table.leading(from, count, out);
    }

    /// Returns the arguments of entries `from` to `from + count`, which the caller owns.
    Column argument(int argument, int from, int count) {
        return table.keyColumn(argument + (grouped ? 1 : 0), from, count, allocator);
    }

    /// Returns the arguments of some entries, which the caller owns.
    ///
    /// @param entries `count` int32
    List<Column> columns(MemorySegment entries, int count, MemoryAllocator target) {
        return columns(table, entries, count, target);
    }

    private List<Column> columns(
            GroupTable from, MemorySegment entries, int count, MemoryAllocator target) {
        try (Ownership owned = new Ownership()) {
            List<Column> picked = new ArrayList<>();
            for (int key = grouped ? 1 : 0; key < types.size(); key++) {
                picked.add(owned.hold(from.keyColumn(key, entries, count, target)));
            }
            owned.transfer();
            return picked;
        }
    }

    /// Ends adding, so that other threads may read.
    void freeze() {
        table.freeze();
    }

    /// Returns about the bytes held. May be asked by any thread.
    long bytes() {
        return table.bytes();
    }

    /// Returns about the bytes that adding so many rows may need at most.
    long growthBytes(int rows) {
        long count = (long) table.groupCount() + rows;
        long rebuilt = listed && count >= nextCheck || table.isNarrowed() ? count * TABLE_BYTES : 0;
        return rebuilt + (listed ? table.rows().growthBytes(rows) : table.growthBytes(rows));
    }

    /// Returns about the bytes that tables take in which the pairs of a list are found, if that has to
    /// be done for all at once.
    long completionBytes() {
        return listed ? (long) table.groupCount() * TABLE_BYTES : 0;
    }

    @Override
    public void close() {
        table.close();
    }
}
