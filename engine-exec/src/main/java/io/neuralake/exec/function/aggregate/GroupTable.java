package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.row.ColumnAppender;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Numbers the distinct keys of a worker from 0: batched open addressing with linear probing at a
/// load of at most one half. All rows of a batch are hashed, then looked up, then compared without
/// branches; only misses and collisions take the slow path. Belongs to one thread at a time.
///
/// Slots of packed keys are 16 bytes (key, group + 1); others 8 (group + 1 and 32 bits of hash), and
/// the keys lie in the group's row. Lower bits of the hash choose the slot, upper bits the partition.
public final class GroupTable implements AutoCloseable {
    private static final MemorySegment MEMORY = StringView.MEMORY;
    private static final int FIRST_SLOTS = 1024;
    private static final int BATCHED_PROBES = 3;

    private final MemoryAllocator allocator;
    private final KeyLayout layout;
    private final GroupRows rows;
    private final KeyComparison comparison;
    private final StringArena arena;
    private final @Nullable ColumnAppender[] nested;
    private final @Nullable Column[] nestedColumns;
    private final int slotShift;
    private @Nullable DenseSlots dense;
    private @Nullable DataBuffer slots;
    private long slotCount;
    private int nullGroup = -1;
    private boolean copyStrings = true;

    /// Makes an empty table.
    ///
    /// @param nullable false for keys that are never null
    /// @param states contents of a new group's row behind the key, a multiple of 8 bytes
    public GroupTable(
            MemoryAllocator allocator, List<Type> types, boolean[] nullable, byte[] states) {
        this(allocator, types, new KeyLayout(types, nullable), states);
    }

    private GroupTable(
            MemoryAllocator allocator, List<Type> types, KeyLayout layout, byte[] states) {
        this.allocator = allocator;
        this.layout = layout;
        byte[] template = new byte[layout.keyBytes() + states.length];
        System.arraycopy(states, 0, template, layout.keyBytes(), states.length);
        this.rows = new GroupRows(allocator, template);
        this.comparison = new KeyComparison(layout, rows);
        this.arena = new StringArena(allocator);
        this.nested = new ColumnAppender[types.size()];
        this.nestedColumns = new Column[types.size()];
        for (int k = 0; k < types.size(); k++) {
            if (layout.isNested(k)) {
                nested[k] = new ColumnAppender(types.get(k), allocator);
            }
        }
        this.slotShift = layout.packed() ? 4 : 3;
        this.dense =
                layout.packed()
                                && !HashKernels.hashesAreZero()
                                && DenseSlots.areAffordable(allocator)
                        ? new DenseSlots(allocator)
                        : null;
    }

    /// Makes an empty table without states for keys that are mostly small integers: see [#tryAssign].
    static GroupTable narrow(MemoryAllocator allocator, List<Type> types, boolean[] nullable) {
        return new GroupTable(allocator, types, new KeyLayout(types, nullable, true), new byte[0]);
    }

    /// Returns the number of groups.
    public int groupCount() {
        return rows.count();
    }

    /// Returns the rows of the groups, by group.
    public GroupRows rows() {
        return rows;
    }

    /// Returns where the states begin in a row.
    public int stateOffset() {
        return layout.keyBytes();
    }

    /// Returns what holds the strings of the keys.
    public StringArena arena() {
        return arena;
    }

    /// Finds or makes the group of each position.
    ///
    /// @param keys one a key; null (once, in front) stands for the groups of `batch`
    /// @param groups receives one int32 a position
    public void assign(
            @Nullable Column[] keys, RowSet batch, MemorySegment groups, BatchScratch scratch) {
        if (!tryAssign(keys, batch, groups, scratch)) {
            throw new IllegalStateException("Keys do not fit");
        }
    }

    /// As [#assign(Column[], RowSet, MemorySegment, BatchScratch)], but returns false, and adds nothing,
    /// when the table is narrow and has no room for a key.
    boolean tryAssign(
            @Nullable Column[] keys, RowSet batch, MemorySegment groups, BatchScratch scratch) {
        if (batch.count() == 0) {
            return true;
        }
        KeyWords words = KeyWords.of(layout, keys, batch, scratch);
        if (words.fit) {
            assign(words, keys, batch, groups, scratch);
        }
        return words.fit;
    }

    /// Tells whether [#tryAppend] may be used: all keys share a word, and none needs a group apart.
    boolean canAppend() {
        return layout.packed() && !layout.fullWord();
    }

    /// Tells whether keys may come that have no room.
    boolean isNarrowed() {
        boolean narrowed = false;
        for (int k = 0; k < layout.keys() && layout.packed(); k++) {
            narrowed |= layout.isNarrowed(k);
        }
        return narrowed;
    }

    /// Makes a group of each position without asking whether there is one of these keys already. Frees
    /// what finds groups: whoever assigns after finds any of a key's groups. Returns false, and adds nothing, when the table
    /// is narrow and has no room for a key.
    boolean tryAppend(@Nullable Column[] keys, RowSet batch, BatchScratch scratch) {
        dropDense();
        dropSlots();
        KeyWords words = KeyWords.of(layout, keys, batch, scratch);
        if (words.fit) {
            int first = rows.count();
            rows.ensure(Math.addExact(first, words.count));
            for (int i = 0; i < words.count; i++) {
                long word = NativeMemory.getLong(words.words[0], (long) i << 3);
                NativeMemory.setLong(MEMORY, rows.address(first + i), word);
            }
        }
        return words.fit;
    }

    /// Makes room for so many groups more that will come from other tables.
    void reserve(int more) {
        dropDense();
        reserveSlots((long) rows.count() + more);
    }

    /// Finds or makes here the groups that `other` (of the same keys) has.
    ///
    /// @param others `count` int32 groups of the other table
    /// @param groups receives the groups here
    public void assign(
            GroupTable other,
            MemorySegment others,
            int count,
            MemorySegment groups,
            BatchScratch scratch) {
        assign(other, others, count, null, groups, scratch);
    }

    /// As above, but the first key, which is a group, becomes another.
    ///
    /// @param leading `count` int32, or null to leave it
    void assign(
            GroupTable other,
            MemorySegment others,
            int count,
            @Nullable MemorySegment leading,
            MemorySegment groups,
            BatchScratch scratch) {
        if (count == 0) {
            return;
        }
        dropDense(); // what is merged is a partition by hash: no neighbours
        KeyWords keys = other.stored(others, count, scratch);
        assign(
                leading == null ? keys : keys.withLeading(layout, leading, scratch),
                other.nestedColumns,
                new RowSet(count, others, null),
                groups,
                scratch);
    }

    /// Writes the first key, which is a group, of `count` entries.
    void leading(int from, int count, MemorySegment out) {
        int offset = layout.packed() ? 0 : layout.wordOffset(0);
        for (int i = 0; i < count; i++) {
            int group = NativeMemory.getInt(MEMORY, rows.address(from + i) + offset);
            NativeMemory.setInt(out, (long) i << 2, group);
        }
    }

    /// Tells whether keys were found by pages of neighbours so far. Those pages are kept until
    /// [#dropPages].
    public boolean hasPages() {
        return dense != null;
    }

    /// Returns the pages of neighbouring keys; null when they are found by hash.
    @Nullable DenseSlots pages() {
        return dense;
    }

    /// Frees the pages of neighbouring keys, when nothing is added any more.
    public void dropPages() {
        dropDense();
    }

    /// Returns the group of null where the key's word has no room for it, or -1.
    int nullGroup() {
        return nullGroup;
    }

    /// Takes groups out, and gives others their numbers. Nothing can be added after.
    ///
    /// @param removed a bit a group
    void remove(MemorySegment removed) {
        dropDense();
        nullGroup = rows.remove(removed, nullGroup);
    }

    /// Tells whether keys are lists or structs, whose canonical bytes are made as they are added.
    public boolean hasNestedKeys() {
        boolean any = false;
        for (int k = 0; k < layout.keys(); k++) {
            any |= layout.isNested(k);
        }
        return any;
    }

    /// Keeps the strings of other tables where they are: call it before merging from them, and keep
    /// them alive through [StringArena#share].
    public void shareStrings() {
        copyStrings = false;
    }

    /// Ends adding: frees the hash slots, and finishes nested keys, so that other threads may read them.
    public void freeze() {
        dropSlots();
        for (int k = 0; k < layout.keys(); k++) {
            ColumnAppender appender = nested[k];
            if (appender != null && nestedColumns[k] == null) {
                nestedColumns[k] = appender.finish();
            }
        }
    }

    /// Writes the hashes of groups `from` to `from + count`.
    public void hashes(int from, int count, MemorySegment out) {
        long directory = rows.directory();
        long stride = rows.stride();
        for (int i = 0; i < count; i++) {
            long at = GroupRows.address(directory, from + i, stride);
            NativeMemory.setLong(out, (long) i << 3, NativeMemory.getLong(MEMORY, at));
        }
        if (layout.packed()) {
            KeyWords.hash(out, count, out);
        }
    }

    private KeyWords stored(MemorySegment groups, int count, BatchScratch scratch) {
        if (layout.packed()) {
            MemorySegment words = gather(groups, count, 0, scratch);
            MemorySegment[] nulls = new MemorySegment[0];
            if (nullGroup >= 0) {
                MemorySegment flags = scratch.longs(count);
                for (int i = 0; i < count; i++) {
                    boolean isNull = NativeMemory.getInt(groups, (long) i << 2) == nullGroup;
                    NativeMemory.setLong(flags, (long) i << 3, isNull ? 1L : 0L);
                }
                nulls = new MemorySegment[] {flags};
            }
            return new KeyWords(count, new MemorySegment[] {words}, nulls, null);
        }
        MemorySegment hashes = gather(groups, count, 0, scratch);
        MemorySegment[] nulls = new MemorySegment[layout.nullWords()];
        for (int w = 0; w < nulls.length; w++) {
            nulls[w] = gather(groups, count, 8 + 8 * w, scratch);
        }
        MemorySegment[] words = new MemorySegment[layout.keys()];
        for (int k = 0; k < words.length; k++) {
            words[k] =
                    layout.isWide(k)
                            ? gatherPairs(groups, count, layout.wordOffset(k), scratch)
                            : gather(groups, count, layout.wordOffset(k), scratch);
        }
        return new KeyWords(count, words, nulls, hashes);
    }

    private MemorySegment gather(
            MemorySegment groups, int count, int offset, BatchScratch scratch) {
        MemorySegment out = scratch.longs(count);
        long directory = rows.directory();
        long stride = rows.stride();
        for (int i = 0; i < count; i++) {
            int group = NativeMemory.getInt(groups, (long) i << 2);
            long at = GroupRows.address(directory, group, stride) + offset;
            NativeMemory.setLong(out, (long) i << 3, NativeMemory.getLong(MEMORY, at));
        }
        return out;
    }

    private MemorySegment gatherPairs(
            MemorySegment groups, int count, int offset, BatchScratch scratch) {
        MemorySegment out = scratch.take((long) count << 4);
        for (int i = 0; i < count; i++) {
            long at = rows.address(NativeMemory.getInt(groups, (long) i << 2)) + offset;
            NativeMemory.setLong(out, (long) i << 4, NativeMemory.getLong(MEMORY, at));
            NativeMemory.setLong(out, ((long) i << 4) + 8, NativeMemory.getLong(MEMORY, at + 8));
        }
        return out;
    }

    private void assign(
            KeyWords keys,
            @Nullable Column[] columns,
            RowSet batch,
            MemorySegment groups,
            BatchScratch scratch) {
        DenseSlots cells = dense;
        if (cells != null) {
            if (cells.cover(keys.words[0], keys.count, (long) rows.count() + keys.count)) {
                assignDense(cells, keys, groups, scratch);
                return;
            }
            dropDense();
        }
        reserveSlots((long) rows.count() + keys.count);
        if (layout.packed()) {
            assignPacked(keys, groups, scratch);
        } else {
            assignWide(keys, columns, batch, groups, scratch);
        }
    }

    private void assignDense(
            DenseSlots cells, KeyWords keys, MemorySegment groups, BatchScratch scratch) {
        MemorySegment words = keys.words[0];
        MemorySegment missing = scratch.ints(keys.count);
        int missingCount = cells.lookUp(words, keys.count, groups, missing);
        MemorySegment nulls = nullFlags(keys);
        for (int j = 0; j < missingCount; j++) {
            long i = NativeMemory.getInt(missing, (long) j << 2);
            if (nulls != null && NativeMemory.getLong(nulls, i << 3) != 0) {
                continue;
            }
            long key = NativeMemory.getLong(words, i << 3);
            int group = cells.get(key);
            if (group < 0) {
                group = rows.append();
                NativeMemory.setLong(MEMORY, rows.address(group), key);
                cells.put(key, group);
            }
            NativeMemory.setInt(groups, i << 2, group);
        }
        if (nulls != null) {
            assignNulls(nulls, keys.count, groups);
        }
    }

    /// Returns 1 where the key is null, if that has a group apart.
    private @Nullable MemorySegment nullFlags(KeyWords keys) {
        return layout.fullWord() && keys.nulls.length > 0 ? keys.nulls[0] : null;
    }

    private void assignPacked(KeyWords keys, MemorySegment groups, BatchScratch scratch) {
        int count = keys.count;
        MemorySegment words = keys.words[0];
        MemorySegment hashes = keys.hashes(scratch);
        MemorySegment slow = scratch.ints(count);
        int slowCount =
                lookUpPacked(words, hashes, count, groups, slow, slotAddress(), slotCount - 1);
        for (int distance = 1; distance <= BATCHED_PROBES && slowCount > 0; distance++) {
            slowCount =
                    probePacked(
                            words,
                            hashes,
                            slow,
                            slowCount,
                            groups,
                            distance,
                            slotAddress(),
                            slotCount - 1);
        }
        MemorySegment nulls = nullFlags(keys);
        for (int j = 0; j < slowCount; j++) {
            int i = NativeMemory.getInt(slow, (long) j << 2);
            if (nulls != null && NativeMemory.getLong(nulls, (long) i << 3) != 0) {
                continue;
            }
            long key = NativeMemory.getLong(words, (long) i << 3);
            NativeMemory.setInt(
                    groups,
                    (long) i << 2,
                    findPacked(key, NativeMemory.getLong(hashes, (long) i << 3)));
        }
        if (nulls != null) {
            assignNulls(nulls, count, groups);
        }
    }

    /// Looks all keys up in the slot of their hash; those that are not there go to the slow list.
    private static int lookUpPacked(
            MemorySegment words,
            MemorySegment hashes,
            int count,
            MemorySegment groups,
            MemorySegment slow,
            long base,
            long mask) {
        int slowCount = 0;
        for (int i = 0; i < count; i++) {
            long slot = base + ((NativeMemory.getLong(hashes, (long) i << 3) & mask) << 4);
            long key = NativeMemory.getLong(MEMORY, slot);
            int group = NativeMemory.getInt(MEMORY, slot + 8);
            NativeMemory.setInt(groups, (long) i << 2, group - 1);
            NativeMemory.setInt(slow, (long) slowCount << 2, i);
            long miss =
                    key ^ NativeMemory.getLong(words, (long) i << 3) | group - 1L & Long.MIN_VALUE;
            slowCount += miss == 0 ? 0 : 1;
        }
        return slowCount;
    }

    /// Looks the keys of the slow list up some slots further, and keeps those that are not there.
    private static int probePacked(
            MemorySegment words,
            MemorySegment hashes,
            MemorySegment slow,
            int slowCount,
            MemorySegment groups,
            int distance,
            long base,
            long mask) {
        int kept = 0;
        for (int j = 0; j < slowCount; j++) {
            int i = NativeMemory.getInt(slow, (long) j << 2);
            long slot =
                    base + ((NativeMemory.getLong(hashes, (long) i << 3) + distance & mask) << 4);
            long key = NativeMemory.getLong(MEMORY, slot);
            int group = NativeMemory.getInt(MEMORY, slot + 8);
            NativeMemory.setInt(groups, (long) i << 2, group - 1);
            NativeMemory.setInt(slow, (long) kept << 2, i);
            long miss =
                    key ^ NativeMemory.getLong(words, (long) i << 3) | group - 1L & Long.MIN_VALUE;
            kept += miss == 0 ? 0 : 1;
        }
        return kept;
    }

    private int findPacked(long key, long hash) {
        long base = slotAddress();
        long mask = slotCount - 1;
        long slot = hash & mask;
        while (true) {
            long at = base + (slot << 4);
            int group = NativeMemory.getInt(MEMORY, at + 8);
            if (group == 0) {
                int made = rows.append();
                NativeMemory.setLong(MEMORY, rows.address(made), key);
                NativeMemory.setLong(MEMORY, at, key);
                NativeMemory.setInt(MEMORY, at + 8, made + 1);
                return made;
            }
            if (NativeMemory.getLong(MEMORY, at) == key) {
                return group - 1;
            }
            slot = slot + 1 & mask;
        }
    }

    private void assignNulls(MemorySegment flags, int count, MemorySegment groups) {
        for (int i = 0; i < count; i++) {
            if (NativeMemory.getLong(flags, (long) i << 3) != 0) {
                if (nullGroup < 0) {
                    nullGroup = rows.append();
                    NativeMemory.setLong(MEMORY, rows.address(nullGroup), 0L);
                }
                NativeMemory.setInt(groups, (long) i << 2, nullGroup);
            }
        }
    }

    private void assignWide(
            KeyWords keys,
            @Nullable Column[] columns,
            RowSet batch,
            MemorySegment groups,
            BatchScratch scratch) {
        int count = keys.count;
        MemorySegment slow = scratch.ints(count);
        int slowCount = 0;
        if (rows.count() == 0) {
            for (int i = 0; i < count; i++) {
                NativeMemory.setInt(slow, (long) i << 2, i);
            }
            slowCount = count;
        } else {
            MemorySegment differs = scratch.longs(count);
            lookUpWide(keys.hashes(scratch), count, groups, differs, slotAddress(), slotCount - 1);
            comparison.compare(keys, groups, differs);
            for (int i = 0; i < count; i++) {
                NativeMemory.setInt(slow, (long) slowCount << 2, i);
                slowCount += NativeMemory.getLong(differs, (long) i << 3) == 0 ? 0 : 1;
            }
        }
        for (int j = 0; j < slowCount; j++) {
            int i = NativeMemory.getInt(slow, (long) j << 2);
            NativeMemory.setInt(groups, (long) i << 2, findWide(keys, keys.hashes(scratch), i));
        }
        appendNested(columns, batch, keys.count, groups, scratch);
    }

    private void appendNested(
            @Nullable Column[] columns,
            RowSet batch,
            int count,
            MemorySegment groups,
            BatchScratch scratch) {
        for (int k = 0; k < layout.keys(); k++) {
            ColumnAppender appender = nested[k];
            if (appender == null) {
                continue;
            }
            // groups are numbered in order of first appearance
            int next = (int) appender.rowCount();
            MemorySegment fresh = scratch.ints(count);
            int freshCount = 0;
            for (int i = 0; i < count; i++) {
                if (NativeMemory.getInt(groups, (long) i << 2) == next) {
                    NativeMemory.setInt(fresh, (long) freshCount++ << 2, batch.row(i));
                    next++;
                }
            }
            appender.append(java.util.Objects.requireNonNull(columns[k]), fresh, freshCount);
        }
    }

    private static void lookUpWide(
            MemorySegment hashes,
            int count,
            MemorySegment groups,
            MemorySegment differs,
            long base,
            long mask) {
        for (int i = 0; i < count; i++) {
            long hash = NativeMemory.getLong(hashes, (long) i << 3);
            long entry = NativeMemory.getLong(MEMORY, base + ((hash & mask) << 3));
            int group = (int) entry;
            NativeMemory.setInt(groups, (long) i << 2, Math.max(group, 1) - 1);
            NativeMemory.setLong(
                    differs,
                    (long) i << 3,
                    entry >>> 32 ^ hash >>> 32 | group - 1L & Long.MIN_VALUE);
        }
    }

    private int findWide(KeyWords keys, MemorySegment hashes, int position) {
        long hash = NativeMemory.getLong(hashes, (long) position << 3);
        long base = slotAddress();
        long mask = slotCount - 1;
        long slot = hash & mask;
        while (true) {
            long at = base + (slot << 3);
            long entry = NativeMemory.getLong(MEMORY, at);
            if (entry == 0) {
                int made = insertWide(keys, position, hash);
                NativeMemory.setLong(MEMORY, at, hash & 0xFFFF_FFFF_0000_0000L | made + 1);
                return made;
            }
            if (entry >>> 32 == hash >>> 32
                    && comparison.isEqual(keys, position, (int) entry - 1)) {
                return (int) entry - 1;
            }
            slot = slot + 1 & mask;
        }
    }

    private int insertWide(KeyWords keys, int position, long hash) {
        int group = rows.append();
        long row = rows.address(group);
        NativeMemory.setLong(MEMORY, row, hash);
        for (int w = 0; w < keys.nulls.length; w++) {
            NativeMemory.setLong(
                    MEMORY,
                    row + 8 + 8L * w,
                    NativeMemory.getLong(keys.nulls[w], (long) position << 3));
        }
        for (int k = 0; k < layout.keys(); k++) {
            long at = row + layout.wordOffset(k);
            MemorySegment words = keys.words[k];
            if (!layout.isWide(k)) {
                NativeMemory.setLong(MEMORY, at, NativeMemory.getLong(words, (long) position << 3));
                continue;
            }
            long first = NativeMemory.getLong(words, (long) position << 4);
            long second = NativeMemory.getLong(words, ((long) position << 4) + 8);
            if (copyStrings && layout.isView(k) && (int) first > StringView.MAX_INLINE) {
                second = arena.copy(second, (int) first);
            }
            NativeMemory.setLong(MEMORY, at, first);
            NativeMemory.setLong(MEMORY, at + 8, second);
        }
        return group;
    }

    private long slotAddress() {
        return slots == null ? 0 : slots.address();
    }

    /// Makes room for `groups` groups at a load of at most one half.
    private void reserveSlots(long groups) {
        if (groups * 2 <= slotCount) {
            return;
        }
        long needed = Math.max(FIRST_SLOTS, slotCount);
        while (needed < groups * 2) {
            needed *= 2;
        }
        dropSlots(); // the rows have all that is in them
        slots = allocator.allocateZeroed(needed << slotShift);
        slotCount = needed;
        if (layout.packed()) {
            refillPacked();
        } else {
            refillWide();
        }
    }

    private void dropSlots() {
        slotCount = 0;
        if (slots != null) {
            slots.release();
            slots = null;
        }
    }

    private void dropDense() {
        if (dense != null) {
            dense.close();
            dense = null;
        }
    }

    private void refillPacked() {
        long base = slotAddress();
        long mask = slotCount - 1;
        int count = rows.count();
        boolean zero = HashKernels.hashesAreZero();
        for (int group = 0; group < count; group++) {
            if (group == nullGroup) {
                continue;
            }
            long key = NativeMemory.getLong(MEMORY, rows.address(group));
            long slot = (zero ? 0 : KeyWords.mix(key)) & mask;
            while (NativeMemory.getInt(MEMORY, base + (slot << 4) + 8) != 0) {
                slot = slot + 1 & mask;
            }
            NativeMemory.setLong(MEMORY, base + (slot << 4), key);
            NativeMemory.setInt(MEMORY, base + (slot << 4) + 8, group + 1);
        }
    }

    private void refillWide() {
        long base = slotAddress();
        long mask = slotCount - 1;
        int count = rows.count();
        for (int group = 0; group < count; group++) {
            long hash = NativeMemory.getLong(MEMORY, rows.address(group));
            long slot = hash & mask;
            while (NativeMemory.getLong(MEMORY, base + (slot << 3)) != 0) {
                slot = slot + 1 & mask;
            }
            NativeMemory.setLong(
                    MEMORY, base + (slot << 3), hash & 0xFFFF_FFFF_0000_0000L | group + 1);
        }
    }

    /// Returns the values of one key for groups `from` to `from + count`, which the caller owns.
    public Column keyColumn(int key, int from, int count, MemoryAllocator target) {
        if (layout.isNested(key)) {
            DataBuffer indexes = target.allocate((long) count << 2);
            try {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setInt(indexes.segment(), (long) i << 2, from + i);
                }
                return nestedKey(key, indexes.segment(), count, target);
            } finally {
                indexes.release();
            }
        }
        return new GroupKeys(layout, rows, arena, nullGroup).column(key, null, from, count, target);
    }

    /// Returns the values of one key for some groups, which the caller owns.
    ///
    /// @param groups `count` int32
    public Column keyColumn(int key, MemorySegment groups, int count, MemoryAllocator target) {
        return layout.isNested(key)
                ? nestedKey(key, groups, count, target)
                : new GroupKeys(layout, rows, arena, nullGroup)
                        .column(key, groups, 0, count, target);
    }

    private Column nestedKey(int key, MemorySegment groups, int count, MemoryAllocator target) {
        freeze();
        Column all = java.util.Objects.requireNonNull(nestedColumns[key]);
        return io.neuralake.exec.row.ColumnGather.gather(all, groups, count, target);
    }

    /// Returns about the bytes held. May be asked by any thread.
    public long bytes() {
        DenseSlots cells = dense;
        long slotBytes = cells == null ? slotCount << slotShift : cells.bytes();
        return rows.bytes() + slotBytes + arena.bytes();
    }

    /// Returns about the bytes that are needed at most to add so many groups, beside those of their
    /// strings.
    public long growthBytes(int groups) {
        long needed = Math.max(FIRST_SLOTS, slotCount);
        while (needed < 2L * (rows.count() + groups)) {
            needed *= 2;
        }
        long strings = arena.bytes() == 0 ? 0 : arena.growthBytes();
        long forSlots = needed == slotCount ? 0 : needed << slotShift;
        if (dense != null) {
            forSlots += dense.growthBytes((long) rows.count() + groups, groups);
        }
        return strings + rows.growthBytes(groups) + forSlots;
    }

    @Override
    public void close() {
        dropDense();
        dropSlots();
        rows.close();
        arena.close();
        for (int k = 0; k < nested.length; k++) {
            ColumnAppender appender = nested[k];
            if (appender != null) {
                appender.close();
            }
            Column column = nestedColumns[k];
            if (column != null) {
                column.release();
                nestedColumns[k] = null;
            }
        }
    }
}
