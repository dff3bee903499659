package io.neuralake.exec.operator.sort;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Sorts row indexes by levels: by the words of the first level, then runs of equal words by the
/// next, and so on. Belongs to one thread.
final class RowSorter implements AutoCloseable {

    private static final int INSERTION_MAX_ROWS = 12;

    private final List<KeyLevel> levels;
    private final MemoryAllocator allocator;
    private final PairSorter pairs;
    private final Runnable checkCancelled;

    RowSorter(List<KeyLevel> levels, MemoryAllocator allocator, Runnable checkCancelled) {
        this.levels = levels;
        this.allocator = allocator;
        this.pairs = new PairSorter(allocator);
        this.checkCancelled = checkCancelled;
    }

    /// Sorts `count` rows. Where the first level is a word, `words` receives the rows' words.
    ///
    /// @param rows int32 row indexes, reordered
    /// @param words room for `count` int64
    void sort(MemorySegment rows, MemorySegment words, int count) {
        sortLevel(0, rows, words, count);
    }

    private void sortLevel(int level, MemorySegment rows, MemorySegment words, int count) {
        checkCancelled.run();
        switch (levels.get(level)) {
            case KeyLevel.Word word -> {
                fill(word, rows, words, count);
                pairs.sort(words, rows, count);
                if (level + 1 < levels.size()) {
                    sortTies(level + 1, rows, words, count);
                }
            }
            case KeyLevel.Values _ -> mergeSort(level, rows, count);
        }
    }

    private static void fill(
            KeyLevel.Word word, MemorySegment rows, MemorySegment words, int count) {
        words.asSlice(0, 8L * count).fill((byte) 0);
        int shift = word.bits();
        for (KeyPart part : word.parts()) {
            shift -= part.bits();
            part.addTo(rows, words, count, shift);
        }
    }

    private void sortTies(int level, MemorySegment rows, MemorySegment words, int count) {
        int from = 0;
        while (from < count) {
            long word = NativeMemory.getLong(words, 8L * from);
            int to = from + 1;
            while (to < count && NativeMemory.getLong(words, 8L * to) == word) {
                to++;
            }
            if (to - from > INSERTION_MAX_ROWS) {
                sortRun(level, rows, from, to);
            } else if (to - from > 1) {
                insertionSort(level, rows, from, to);
            }
            from = to;
        }
    }

    private void insertionSort(int level, MemorySegment rows, int from, int to) {
        for (int i = from + 1; i < to; i++) {
            int row = NativeMemory.getInt(rows, 4L * i);
            int at = i;
            while (at > from && compare(level, NativeMemory.getInt(rows, 4L * (at - 1)), row) > 0) {
                NativeMemory.setInt(rows, 4L * at, NativeMemory.getInt(rows, 4L * (at - 1)));
                at--;
            }
            NativeMemory.setInt(rows, 4L * at, row);
        }
    }

    /// Sorts a run of rows that are equal so far. Its words of this level are kept, so others are
    /// needed.
    private void sortRun(int level, MemorySegment rows, int from, int to) {
        int count = to - from;
        DataBuffer words = allocator.allocate(8L * count);
        try {
            MemorySegment part = rows.asSlice(4L * from, 4L * count);
            sortLevel(level, part, words.segment(), count);
        } finally {
            words.release();
        }
    }

    /// Compares two rows from a level on.
    int compare(int level, int left, int right) {
        for (int i = level; i < levels.size(); i++) {
            int result = levels.get(i).compare(left, right);
            if (result != 0) {
                return result;
            }
        }
        return 0;
    }

    private void mergeSort(int level, MemorySegment rows, int count) {
        DataBuffer scratch = allocator.allocate(4L * count);
        try {
            mergeSort(level, rows, scratch.segment(), 0, count);
        } finally {
            scratch.release();
        }
    }

    private void mergeSort(int level, MemorySegment rows, MemorySegment scratch, int from, int to) {
        if (to - from < 2) {
            return;
        }
        int middle = (from + to) >>> 1;
        mergeSort(level, rows, scratch, from, middle);
        mergeSort(level, rows, scratch, middle, to);
        MemorySegment.copy(rows, 4L * from, scratch, 4L * from, 4L * (middle - from));
        int left = from;
        int right = middle;
        int at = from;
        while (left < middle) {
            int l = NativeMemory.getInt(scratch, 4L * left);
            if (right < to && compare(level, l, NativeMemory.getInt(rows, 4L * right)) > 0) {
                NativeMemory.setInt(rows, 4L * at++, NativeMemory.getInt(rows, 4L * right++));
            } else {
                NativeMemory.setInt(rows, 4L * at++, l);
                left++;
            }
        }
    }

    @Override
    public void close() {
        pairs.close();
    }
}
