package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The groups of keys of one word that lie close together, found by the key itself: pages of 4096
/// cells, and a directory of pages. Keys that come in about their order, as those of clustered tables
/// do, are found in the first-level cache, where hashing would scatter them over all of the memory;
/// and nothing moves as groups are added but the directory. It takes no more memory than hash
/// slots would: whoever gets `false` from [#cover] hashes from then on.
final class DenseSlots implements AutoCloseable {
    /// Keys of one page are `2^PAGE_BITS` neighbours.
    static final int PAGE_BITS = 12;

    /// Room for the groups of a page, int32, and one that is not used.
    static final long GROUPS_BYTES = (4L << PAGE_BITS) + 64;

    private static final MemorySegment MEMORY = StringView.MEMORY;
    private static final long PAGE_BYTES = 4L << PAGE_BITS;
    private static final long CELL_MASK = (1L << PAGE_BITS) - 1;

    /// Pages that are granted however few groups there are: 8 MB.
    private static final int FREE_PAGES = 512;

    /// Pages that are allocated together: an eighth of those there are, within these bounds.
    private static final int FEWEST_PAGES = 4;

    private static final int MOST_PAGES = 128;
    private static final long PLENTY_OF_BYTES = 1L << 30;

    /// Cells a group that are worth it: a hash table has 2 to 4 slots of four times the size.
    private static final int CELLS_PER_GROUP = 8;

    /// Entries of the directory for each page that is granted.
    private static final int ENTRIES_PER_PAGE = 64;

    private final MemoryAllocator allocator;

    /// An int64 a page of the key range: its address, or that of the page that stays empty.
    private @Nullable DataBuffer directory;

    private final List<DataBuffer> blocks = new ArrayList<>();
    private long firstPage;
    private long directoryLength;
    private long emptyPage;
    private long nextPage;
    private int pages;
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
        return pageCapacity * PAGE_BYTES + (directoryLength << 3);
    }

    /// Returns what [#cover] allocates at most.
    ///
    /// @param groups the groups there may be then
    /// @param keys the keys of the batch
    long growthBytes(long groups, int keys) {
        long granted = grantedPages(groups);
        long more = Math.min(keys + 1L, granted + 1 - pages);
        int free = pageCapacity - pages;
        return (more > free ? (more - free + blockPages()) * PAGE_BYTES : 0)
                + granted * ENTRIES_PER_PAGE * 8;
    }

    private int blockPages() {
        return Math.clamp(pages / 8, FEWEST_PAGES, MOST_PAGES);
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
            long entry = base + (NativeMemory.getLong(words, (long) i << 3) >> PAGE_BITS << 3);
            if (NativeMemory.getLong(MEMORY, entry) == emptyPage) {
                if (pages > granted) {
                    return false;
                }
                NativeMemory.setLong(MEMORY, entry, newPage());
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
        return lookUp(words, count, groups, missing, directoryBase());
    }

    private static int lookUp(
            MemorySegment words,
            int count,
            MemorySegment groups,
            MemorySegment missing,
            long directoryBase) {
        int missingCount = 0;
        for (int i = 0; i < count; i++) {
            long key = NativeMemory.getLong(words, (long) i << 3);
            long page = NativeMemory.getLong(MEMORY, directoryBase + (key >> PAGE_BITS << 3));
            int group = NativeMemory.getInt(MEMORY, page + ((key & CELL_MASK) << 2)) - 1;
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
        return page(key >> PAGE_BITS) + ((key & CELL_MASK) << 2);
    }

    /// Returns the address of a page that the directory reaches.
    private long page(long number) {
        return NativeMemory.getLong(MEMORY, directoryBase() + (number << 3));
    }

    /// Returns the address that the entry of page 0 would have.
    private long directoryBase() {
        DataBuffer entries = directory;
        return entries == null ? 0 : entries.address() - (firstPage << 3);
    }

    /// Tells whether keys of a page are covered.
    boolean hasPage(long number) {
        return number >= firstPage
                && number < firstPage + directoryLength
                && page(number) != emptyPage;
    }

    /// Returns the first page that may be there.
    long firstPage() {
        return firstPage;
    }

    /// Returns the page behind the last that may be there.
    long endPage() {
        return firstPage + directoryLength;
    }

    /// Finds the keys of a page that both slots have, of which there are at most `2^PAGE_BITS`.
    ///
    /// @param number a page that both have
    /// @param mine receives their groups here, int32
    /// @param theirs receives their groups in the other, int32
    /// @return how many there are
    int common(long number, DenseSlots other, MemorySegment mine, MemorySegment theirs) {
        long at = page(number);
        long otherAt = other.page(number);
        int count = 0;
        for (long offset = 0; offset < PAGE_BYTES; offset += 4) {
            int group = NativeMemory.getInt(MEMORY, at + offset) - 1;
            int otherGroup = NativeMemory.getInt(MEMORY, otherAt + offset) - 1;
            NativeMemory.setInt(mine, (long) count << 2, group);
            NativeMemory.setInt(theirs, (long) count << 2, otherGroup);
            count += (group | otherGroup) >= 0 ? 1 : 0;
        }
        return count;
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
        if (emptyPage == 0) {
            emptyPage = newPage();
        }
        DataBuffer grown = allocator.allocate(newEnd - newFrom << 3);
        for (long at = 0; at < newEnd - newFrom << 3; at += 8) {
            NativeMemory.setLong(grown.segment(), at, emptyPage);
        }
        DataBuffer old = directory;
        if (old != null) {
            MemorySegment.copy(
                    old.segment(),
                    0,
                    grown.segment(),
                    firstPage - newFrom << 3,
                    directoryLength << 3);
            old.release();
        }
        directory = grown;
        firstPage = newFrom;
        directoryLength = newEnd - newFrom;
        return true;
    }

    /// Returns the address of a page of empty cells.
    private long newPage() {
        if (pages == pageCapacity) {
            int more = blockPages();
            DataBuffer block = allocator.allocateZeroed(more * PAGE_BYTES);
            blocks.add(block);
            nextPage = block.address();
            pageCapacity += more;
        }
        pages++;
        long page = nextPage;
        nextPage += PAGE_BYTES;
        return page;
    }

    @Override
    public void close() {
        if (directory != null) {
            directory.release();
            directory = null;
        }
        blocks.forEach(DataBuffer::release);
        blocks.clear();
    }
}
