package io.neuralake.exec.operator.sort;

import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.row.BatchAppender;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.spill.SpillReader;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Merges runs with a heap of their next rows. Each run's rows are taken in order, so a batch is made
/// of one slice a run, put into the order of the merge. Belongs to one thread.
final class RunMerge implements AutoCloseable {

    private final Schema schema;
    private final MemoryAllocator allocator;
    private final List<RunCursor> cursors = new ArrayList<>();
    private final int[] heap;
    private final int[] firstRow;
    private final int[] taken;
    private final int[] source;
    private int heapSize;
    private int filled;

    /// @param maxRows most rows of a batch
    RunMerge(
            Schema schema,
            List<SortKey> keys,
            List<SortedRun> runs,
            SpillReader reader,
            int maxRows,
            MemoryAllocator allocator) {
        this.schema = schema;
        this.allocator = allocator;
        this.heap = new int[runs.size()];
        this.firstRow = new int[runs.size()];
        this.taken = new int[runs.size()];
        this.source = new int[maxRows];
        try {
            for (SortedRun run : runs) {
                RunCursor cursor = new RunCursor(run, reader, keys, allocator);
                cursors.add(cursor);
                if (cursor.load()) {
                    heap[heapSize++] = cursors.size() - 1;
                }
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
        for (int i = heapSize / 2 - 1; i >= 0; i--) {
            siftDown(i);
        }
    }

    /// Takes up to `count` next rows, fewer at the end of a block, and returns how many; 0 at the end.
    int take(int count) {
        loadNextBlocks();
        filled = 0;
        while (filled < count && heapSize > 0) {
            int run = heap[0];
            source[filled++] = run;
            taken[run]++;
            if (!cursors.get(run).advance()) {
                return filled;
            }
            siftDown(0);
        }
        return filled;
    }

    /// Reads on where the block has come to its end, and forgets what was taken.
    private void loadNextBlocks() {
        for (int run = 0; run < taken.length; run++) {
            taken[run] = 0;
        }
        if (heapSize > 0 && cursors.get(heap[0]).isAtEndOfBlock()) {
            if (!cursors.get(heap[0]).load()) {
                heap[0] = heap[--heapSize];
            }
            siftDown(0);
        }
        for (int i = 0; i < heapSize; i++) {
            firstRow[heap[i]] = cursors.get(heap[i]).row();
        }
    }

    /// Returns the rows taken last, which the caller owns.
    Batch batch() {
        DataBuffer indexes = allocator.allocate(4L * filled);
        try (BatchAppender appender = new BatchAppender(schema, allocator)) {
            MemorySegment rows = indexes.segment();
            int[] next = new int[taken.length];
            int at = 0;
            for (int run = 0; run < taken.length; run++) {
                if (taken[run] > 0) {
                    for (int i = 0; i < taken[run]; i++) {
                        NativeMemory.setInt(rows, 4L * i, firstRow[run] + i);
                    }
                    appender.append(cursors.get(run).block(), rows, taken[run]);
                    next[run] = at;
                    at += taken[run];
                }
            }
            try (Batch slices = appender.finish()) {
                for (int i = 0; i < filled; i++) {
                    NativeMemory.setInt(rows, 4L * i, next[source[i]]++);
                }
                return BatchCompactor.gather(slices, rows, filled, allocator);
            }
        } finally {
            indexes.release();
        }
    }

    private void siftDown(int start) {
        int parent = start;
        while (true) {
            int child = 2 * parent + 1;
            if (child >= heapSize) {
                return;
            }
            if (child + 1 < heapSize && isBefore(heap[child + 1], heap[child])) {
                child++;
            }
            if (!isBefore(heap[child], heap[parent])) {
                return;
            }
            int swap = heap[child];
            heap[child] = heap[parent];
            heap[parent] = swap;
            parent = child;
        }
    }

    private boolean isBefore(int left, int right) {
        return cursors.get(left).isBefore(cursors.get(right));
    }

    @Override
    public void close() {
        cursors.forEach(RunCursor::close);
        heapSize = 0;
    }
}
