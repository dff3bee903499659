package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// The groups of keys of one word that lie close together, found by the key itself: pages of 4096
/// cells, and a directory of pages. Keys that come in about their order, as those of clustered tables
/// do, are found in the first-level cache, where hashing would scatter them over all of the memory;
/// and nothing moves as groups are added but the pages as a whole. It takes no more memory than hash
/// slots would: whoever gets `false` from [#cover] hashes from then on.
final class DenseSlots implements AutoCloseable {
    /// Keys of one page are `2^PAGE_BITS` neighbours.
    static final int PAGE_BITS = 12;

    private static final MemorySegment MEMORY = StringView.MEMORY;
    private static final long PAGE_BYTES = 4L << PAGE_BITS;
    private static final long CELL_MASK = (1L << PAGE_BITS) - 1;

    /// Pages that are granted however few groups there are: 8 MB.
    private static final int FREE_PAGES = 512;

    private static final int FIRST_PAGES = 4;
    private static final long PLENTY_OF_BYTES = 1L << 30;

    /// Cells a group that are worth it: a hash table has 2 to 4 slots of four times the size.
    private static final int CELLS_PER_GROUP = 8;

    /// Entries of the directory for each page that is granted.
    private static final int ENTRIES_PER_PAGE = 64;

    private final MemoryAllocator allocator;

    /// An int32 a page of the key range: its number, or 0, the page that stays empty.
    private @Nullable DataBuffer directory;

    private @Nullable DataBuffer cells;
    private long firstPage;
    private long directoryLength;
    private int pages = 1;
    private int pageCapacity;

    DenseSlots(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /// Tells whether there is so much memory left that pages may be granted before it is known
    /// whether they fill.
    static boolean areAffordable(MemoryAllocator allocator) {
        return allocator.spareBytes() > PLENTY_OF_BYTES;
    }

    private static long grantedPages(long groups) {
        return Math.max(FREE_PAGES, groups * CELLS_PER_GROUP >> PAGE_BITS);
    }

    /// Returns the bytes held.
    long bytes() {
        return pageCapacity * PAGE_BYTES + (directoryLength << 2);
    }

    /// Returns what [#cover] allocates at most.
    ///
    /// @param groups the groups there may be then
    long growthBytes(long groups) {
        long granted = grantedPages(groups);
        long capacity = Math.max(FIRST_PAGES, pageCapacity);
        while (capacity <= granted) {
            capacity *= 2;
        }
        return (capacity > pageCapacity ? capacity * PAGE_BYTES : 0)
                + granted * ENTRIES_PER_PAGE * 4;
    }

    /// Makes room for the keys of a batch; false when that would take too much, and then the slots
    /// hold only what they held.
    ///
    /// @param words `count` int64 keys
    /// @param groups the groups there may be with this batch
    boolean cover(MemorySegment words, int count, long groups) {
        long min = Long.MAX_VALUE;
        long max = Long.MIN_VALUE;
        for (int i = 0; i < count; i++) {
            long key = NativeMemory.getLong(words, (long) i << 3);
            min = Math.min(min, key);
            max = Math.max(max, key);
        }
        long granted = grantedPages(groups);
        if (!coverRange(min >> PAGE_BITS, max >> PAGE_BITS, granted * ENTRIES_PER_PAGE)) {
            return false;
        }
        long base = directoryBase();
        for (int i = 0; i < count; i++) {
            long entry = base + (NativeMemory.getLong(words, (long) i << 3) >> PAGE_BITS << 2);
            if (NativeMemory.getInt(MEMORY, entry) == 0) {
                if (pages > granted) {
                    return false;
                }
                NativeMemory.setInt(MEMORY, entry, newPage());
            }
        }
        return true;
    }

    /// Finds the groups of keys that are covered.
    ///
    /// @param groups receives `count` int32
    /// @param missing receives the positions of keys without group
    /// @return how many are missing
    int lookUp(MemorySegment words, int count, MemorySegment groups, MemorySegment missing) {
        return lookUp(words, count, groups, missing, directoryBase(), cellsBase());
    }

    private static int lookUp(
            MemorySegment words,
            int count,
            MemorySegment groups,
            MemorySegment missing,
            long directoryBase,
            long cellsBase) {
        int missingCount = 0;
        for (int i = 0; i < count; i++) {
            long key = NativeMemory.getLong(words, (long) i << 3);
            long page = NativeMemory.getInt(MEMORY, directoryBase + (key >> PAGE_BITS << 2));
            int group =
                    NativeMemory.getInt(
                                    MEMORY,
                                    cellsBase + page * PAGE_BYTES + ((key & CELL_MASK) << 2))
                            - 1;
            NativeMemory.setInt(groups, (long) i << 2, group);
            NativeMemory.setInt(missing, (long) missingCount << 2, i);
            missingCount += group >>> 31;
        }
        return missingCount;
    }

    /// Returns the group of a key that is covered, or -1.
    int get(long key) {
        return NativeMemory.getInt(MEMORY, cell(key)) - 1;
    }

    /// Gives a group to a key that is covered.
    void put(long key, int group) {
        NativeMemory.setInt(MEMORY, cell(key), group + 1);
    }

    private long cell(long key) {
        long page = NativeMemory.getInt(MEMORY, directoryBase() + (key >> PAGE_BITS << 2));
        return cellsBase() + page * PAGE_BYTES + ((key & CELL_MASK) << 2);
    }

    /// Returns the address that the entry of page 0 would have.
    private long directoryBase() {
        DataBuffer entries = directory;
        return entries == null ? 0 : entries.address() - (firstPage << 2);
    }

    private long cellsBase() {
        DataBuffer all = cells;
        return all == null ? 0 : all.address();
    }

    /// Lets the directory reach from one page to another, if that takes no more entries.
    private boolean coverRange(long from, long to, long mostEntries) {
        long end = firstPage + directoryLength;
        if (directoryLength > 0 && from >= firstPage && to < end) {
            return true;
        }
        long newFrom = directoryLength == 0 ? from : Math.min(from, firstPage);
        long newEnd = directoryLength == 0 ? to + 1 : Math.max(to + 1, end);
        if (newEnd - newFrom > mostEntries || newEnd - newFrom <= 0) {
            return false;
        }
        // with room on the side to which it grows
        long spare = Math.min(mostEntries - (newEnd - newFrom), Math.max(64, newEnd - newFrom));
        if (directoryLength > 0 && newFrom < firstPage) {
            newFrom -= spare;
        } else {
            newEnd += spare;
        }
        DataBuffer grown = allocator.allocateZeroed(newEnd - newFrom << 2);
        DataBuffer old = directory;
        if (old != null) {
            MemorySegment.copy(
                    old.segment(),
                    0,
                    grown.segment(),
                    firstPage - newFrom << 2,
                    directoryLength << 2);
            old.release();
        }
        directory = grown;
        firstPage = newFrom;
        directoryLength = newEnd - newFrom;
        return true;
    }

    private int newPage() {
        if (pages >= pageCapacity) {
            int capacity = Math.max(FIRST_PAGES, pageCapacity * 2);
            DataBuffer grown = allocator.allocate(capacity * PAGE_BYTES);
            DataBuffer old = cells;
            long used = pageCapacity * PAGE_BYTES;
            if (old != null) {
                MemorySegment.copy(old.segment(), 0, grown.segment(), 0, used);
                old.release();
            }
            grown.segment().asSlice(used, capacity * PAGE_BYTES - used).fill((byte) 0);
            cells = grown;
            pageCapacity = capacity;
        }
        return pages++;
    }

    @Override
    public void close() {
        if (directory != null) {
            directory.release();
            directory = null;
        }
        if (cells != null) {
            cells.release();
            cells = null;
        }
    }
}
