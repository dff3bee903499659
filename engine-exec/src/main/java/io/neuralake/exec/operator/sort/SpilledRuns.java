package io.neuralake.exec.operator.sort;

import io.neuralake.exec.metrics.NodeMetrics;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.row.Ownership;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.exec.spill.SpillBlock;
import io.neuralake.exec.spill.SpillFile;
import io.neuralake.exec.spill.SpillReader;
import io.neuralake.exec.spill.SpillWriter;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The sorted runs of one sort on disk. Thread-safe.
final class SpilledRuns implements AutoCloseable {
    private static final int MIN_BLOCK_ROWS = 16;
    private static final int MAX_BLOCK_ROWS = 4096;

    private final List<SortKey> keys;
    private final QuerySpill spill;
    private final SpillFile file;
    private final SpillReader reader;
    private final Runnable checkCancelled;
    private final List<SortedRun> runs = new ArrayList<>();

    SpilledRuns(Schema schema, List<SortKey> keys, WorkerContext context) {
        this.keys = keys;
        this.spill = context.spill();
        this.file = spill.newFile(bytes -> context.count(NodeMetrics.SPILLED_BYTES, bytes));
        this.reader = new SpillReader(file, schema);
        this.checkCancelled = context::checkCancelled;
    }

    QuerySpill spill() {
        return spill;
    }

    /// Returns about how many bytes to sort at a time.
    long segmentBytes() {
        return spill.runBytes();
    }

    SpillReader reader() {
        return reader;
    }

    SpillWriter newWriter(MemoryAllocator allocator) {
        return new SpillWriter(file, allocator);
    }

    synchronized boolean isEmpty() {
        return runs.isEmpty();
    }

    synchronized List<SortedRun> all() {
        return List.copyOf(runs);
    }

    /// Returns about how many rows of a batch make a block.
    int blockRows(Batch batch) {
        long rowBytes = RowBytes.estimate(batch, batch.rowCount()) / batch.rowCount() + 1;
        return Math.clamp(spill.blockBytes() / rowBytes, MIN_BLOCK_ROWS, MAX_BLOCK_ROWS);
    }

    /// Sorts rows, which stay the caller's, and writes them as a run.
    void write(Batch rows, MemoryAllocator allocator) {
        int count = rows.rowCount();
        if (count == 0) {
            return;
        }
        try (Ownership owned = new Ownership();
                SpillWriter writer = newWriter(allocator)) {
            DataBuffer order = owned.hold(allocator.allocate(4L * count));
            sort(rows, order.segment(), allocator);
            List<SpillBlock> blocks = new ArrayList<>();
            int blockRows = blockRows(rows);
            for (int from = 0; from < count; from += blockRows) {
                checkCancelled.run();
                int size = Math.min(blockRows, count - from);
                MemorySegment picked = order.segment().asSlice(4L * from, 4L * size);
                try (Batch block = BatchCompactor.gather(rows, picked, size, allocator)) {
                    blocks.add(writer.write(block));
                }
            }
            add(new SortedRun(blocks, count));
        }
    }

    private synchronized void add(SortedRun run) {
        runs.add(run);
    }

    private void sort(Batch rows, MemorySegment order, MemoryAllocator allocator) {
        int count = rows.rowCount();
        try (Ownership owned = new Ownership()) {
            List<Column> columns = SortColumns.keys(keys, rows.columns(), allocator);
            columns.forEach(owned::hold);
            DataBuffer words = owned.hold(allocator.allocate(8L * count));
            for (int i = 0; i < count; i++) {
                NativeMemory.setInt(order, 4L * i, i);
            }
            List<KeyLevel> levels = KeyLevels.of(keys, columns, count);
            try (RowSorter sorter = new RowSorter(levels, allocator, checkCancelled)) {
                sorter.sort(order, words.segment(), count);
            }
        }
    }

    /// Deletes the file; idempotent.
    @Override
    public void close() {
        file.close();
    }
}
