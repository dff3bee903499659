package io.neuralake.exec.operator.sort;

import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Merges sorted chunks of rows with a heap of the chunks' first rows. Belongs to one thread.
final class ChunkMerge {

    private final List<KeyLevel> levels;
    private final boolean firstIsWord;
    private final MemorySegment rows;
    private final MemorySegment words;
    private final int[] heads;
    private final int[] ends;
    private final int[] heap;
    private int heapSize;

    ChunkMerge(
            List<KeyLevel> levels,
            MemorySegment rows,
            MemorySegment words,
            int rowCount,
            int chunkRows) {
        this.levels = levels;
        this.firstIsWord = levels.getFirst() instanceof KeyLevel.Word;
        this.rows = rows;
        this.words = words;
        int chunks = (rowCount + chunkRows - 1) / chunkRows;
        this.heads = new int[chunks];
        this.ends = new int[chunks];
        this.heap = new int[chunks];
        for (int c = 0; c < chunks; c++) {
            heads[c] = c * chunkRows;
            ends[c] = Math.min(rowCount, heads[c] + chunkRows);
            heap[heapSize++] = c;
        }
        for (int i = heapSize / 2 - 1; i >= 0; i--) {
            siftDown(i);
        }
    }

    /// Writes up to `count` next rows as int32 and returns how many.
    int next(MemorySegment out, int count) {
        int at = 0;
        while (at < count && heapSize > 0) {
            int chunk = heap[0];
            if (heapSize == 1) {
                int taken = Math.min(count - at, ends[chunk] - heads[chunk]);
                MemorySegment.copy(rows, 4L * heads[chunk], out, 4L * at, 4L * taken);
                at += taken;
                heads[chunk] += taken;
            } else {
                NativeMemory.setInt(out, 4L * at++, NativeMemory.getInt(rows, 4L * heads[chunk]++));
            }
            if (heads[chunk] == ends[chunk]) {
                heap[0] = heap[--heapSize];
            }
            siftDown(0);
        }
        return at;
    }

    private void siftDown(int start) {
        int parent = start;
        while (true) {
            int child = 2 * parent + 1;
            if (child >= heapSize) {
                return;
            }
            if (child + 1 < heapSize && less(heap[child + 1], heap[child])) {
                child++;
            }
            if (!less(heap[child], heap[parent])) {
                return;
            }
            int swap = heap[child];
            heap[child] = heap[parent];
            heap[parent] = swap;
            parent = child;
        }
    }

    private boolean less(int leftChunk, int rightChunk) {
        int left = heads[leftChunk];
        int right = heads[rightChunk];
        int level = 0;
        if (firstIsWord) {
            long l = NativeMemory.getLong(words, 8L * left);
            long r = NativeMemory.getLong(words, 8L * right);
            if (l != r) {
                return Long.compareUnsigned(l, r) < 0;
            }
            level = 1;
        }
        for (; level < levels.size(); level++) {
            int result =
                    levels.get(level)
                            .compare(
                                    NativeMemory.getInt(rows, 4L * left),
                                    NativeMemory.getInt(rows, 4L * right));
            if (result != 0) {
                return result < 0;
            }
        }
        return false;
    }
}
