package io.neuralake.exec.operator.sort;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Sorts pairs of an unsigned 64-bit word and an int32 row by the word: many by least significant
/// digit first radix sort over the bits that differ, few by quicksort. Belongs to one thread.
///
/// Off-heap, because sorts of tens of millions of rows must count against the query and not fill the
/// heap.
final class PairSorter implements AutoCloseable {
    private static final int RADIX_MIN_ROWS = 1024;
    private static final int INSERTION_MAX_ROWS = 24;
    private static final int DIGIT_BITS = 11;
    private static final int DIGIT_MASK = (1 << DIGIT_BITS) - 1;

    private final MemoryAllocator allocator;
    private final int[] counts = new int[1 << DIGIT_BITS];
    private @Nullable DataBuffer scratchWords;
    private @Nullable DataBuffer scratchRows;

    PairSorter(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /// Sorts `count` pairs.
    void sort(MemorySegment words, MemorySegment rows, int count) {
        if (count < RADIX_MIN_ROWS) {
            quicksort(words, rows, 0, count - 1);
        } else {
            radixSort(words, rows, count);
        }
    }

    private void radixSort(MemorySegment words, MemorySegment rows, int count) {
        long first = NativeMemory.getLong(words, 0);
        long differing = 0;
        boolean sorted = true;
        long last = first;
        for (int i = 0; i < count; i++) {
            long word = NativeMemory.getLong(words, 8L * i);
            differing |= word ^ first;
            sorted &= Long.compareUnsigned(last, word) <= 0;
            last = word;
        }
        if (sorted) {
            return;
        }
        reserve(count);
        MemorySegment fromWords = words;
        MemorySegment fromRows = rows;
        MemorySegment toWords = segment(scratchWords);
        MemorySegment toRows = segment(scratchRows);
        boolean inScratch = false;
        int shift = Long.numberOfTrailingZeros(differing);
        while (shift < Long.SIZE && differing >>> shift != 0) {
            pass(fromWords, fromRows, toWords, toRows, count, shift);
            MemorySegment swapWords = fromWords;
            MemorySegment swapRows = fromRows;
            fromWords = toWords;
            fromRows = toRows;
            toWords = swapWords;
            toRows = swapRows;
            inScratch = !inScratch;
            shift += DIGIT_BITS;
            if (shift < Long.SIZE && differing >>> shift != 0) {
                shift += Long.numberOfTrailingZeros(differing >>> shift); // bits that never differ
            }
        }
        if (inScratch) {
            MemorySegment.copy(fromWords, 0, words, 0, 8L * count);
            MemorySegment.copy(fromRows, 0, rows, 0, 4L * count);
        }
    }

    private void pass(
            MemorySegment fromWords,
            MemorySegment fromRows,
            MemorySegment toWords,
            MemorySegment toRows,
            int count,
            int shift) {
        int[] next = counts;
        java.util.Arrays.fill(next, 0);
        for (int i = 0; i < count; i++) {
            next[(int) (NativeMemory.getLong(fromWords, 8L * i) >>> shift) & DIGIT_MASK]++;
        }
        int sum = 0;
        for (int d = 0; d <= DIGIT_MASK; d++) {
            int size = next[d];
            next[d] = sum;
            sum += size;
        }
        for (int i = 0; i < count; i++) {
            long word = NativeMemory.getLong(fromWords, 8L * i);
            int at = next[(int) (word >>> shift) & DIGIT_MASK]++;
            NativeMemory.setLong(toWords, 8L * at, word);
            NativeMemory.setInt(toRows, 4L * at, NativeMemory.getInt(fromRows, 4L * i));
        }
    }

    private void reserve(int count) {
        if (scratchWords == null || scratchWords.size() < 8L * count) {
            close();
            scratchWords = allocator.allocate(8L * count);
            scratchRows = allocator.allocate(4L * count);
        }
    }

    private static MemorySegment segment(@Nullable DataBuffer buffer) {
        if (buffer == null) {
            throw new IllegalStateException("Scratch was not reserved");
        }
        return buffer.segment();
    }

    /// Sorts pairs `low` to `high` inclusive. The larger side is left to the loop: the stack stays
    /// shallow.
    private static void quicksort(MemorySegment words, MemorySegment rows, int low, int high) {
        int from = low;
        int to = high;
        while (to - from >= INSERTION_MAX_ROWS) {
            long pivot = medianOfThree(words, from, to);
            int i = from - 1;
            int j = to + 1;
            while (true) {
                do {
                    i++;
                } while (Long.compareUnsigned(NativeMemory.getLong(words, 8L * i), pivot) < 0);
                do {
                    j--;
                } while (Long.compareUnsigned(NativeMemory.getLong(words, 8L * j), pivot) > 0);
                if (i >= j) {
                    break;
                }
                swap(words, rows, i, j);
            }
            if (j - from < to - j - 1) {
                quicksort(words, rows, from, j);
                from = j + 1;
            } else {
                quicksort(words, rows, j + 1, to);
                to = j;
            }
        }
        insertionSort(words, rows, from, to);
    }

    private static void insertionSort(MemorySegment words, MemorySegment rows, int low, int high) {
        for (int i = low + 1; i <= high; i++) {
            long word = NativeMemory.getLong(words, 8L * i);
            int row = NativeMemory.getInt(rows, 4L * i);
            int at = i;
            while (at > low
                    && Long.compareUnsigned(NativeMemory.getLong(words, 8L * (at - 1)), word) > 0) {
                NativeMemory.setLong(words, 8L * at, NativeMemory.getLong(words, 8L * (at - 1)));
                NativeMemory.setInt(rows, 4L * at, NativeMemory.getInt(rows, 4L * (at - 1)));
                at--;
            }
            NativeMemory.setLong(words, 8L * at, word);
            NativeMemory.setInt(rows, 4L * at, row);
        }
    }

    /// Returns the median of the first, middle and last word; never the last alone of two, as Hoare's
    /// partition needs.
    private static long medianOfThree(MemorySegment words, int low, int high) {
        long a = NativeMemory.getLong(words, 8L * low) + Long.MIN_VALUE;
        long b = NativeMemory.getLong(words, 8L * ((low + high) >>> 1)) + Long.MIN_VALUE;
        long c = NativeMemory.getLong(words, 8L * high) + Long.MIN_VALUE;
        long median = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
        return median - Long.MIN_VALUE;
    }

    private static void swap(MemorySegment words, MemorySegment rows, int i, int j) {
        long word = NativeMemory.getLong(words, 8L * i);
        int row = NativeMemory.getInt(rows, 4L * i);
        NativeMemory.setLong(words, 8L * i, NativeMemory.getLong(words, 8L * j));
        NativeMemory.setInt(rows, 4L * i, NativeMemory.getInt(rows, 4L * j));
        NativeMemory.setLong(words, 8L * j, word);
        NativeMemory.setInt(rows, 4L * j, row);
    }

    /// Frees the scratch; idempotent.
    @Override
    public void close() {
        if (scratchWords != null) {
            scratchWords.release();
            scratchWords = null;
        }
        if (scratchRows != null) {
            scratchRows.release();
            scratchRows = null;
        }
    }
}
