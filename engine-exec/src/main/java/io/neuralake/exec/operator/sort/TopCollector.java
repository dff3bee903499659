package io.neuralake.exec.operator.sort;

import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Collects one worker's candidates of a top-N search: rows beyond the threshold are dropped at once;
/// when enough others have gathered, all but the first are dropped and the threshold falls.
final class TopCollector extends SortCollector {

    /// Candidates beyond those looked for before the worker looks through them.
    private static final int SLACK_ROWS = 8192;

    private final TopThreshold threshold;
    private final WorkerContext context;
    private final MemoryAllocator allocator;

    TopCollector(
            Schema schema,
            WorkerContext context,
            TopThreshold threshold,
            SpilledRuns runs,
            Receiver receiver) {
        super(schema, context, runs, receiver);
        this.threshold = threshold;
        this.context = context;
        this.allocator = context.allocator();
    }

    @Override
    boolean isDone() {
        return threshold.rowCount() == 0;
    }

    @Override
    void take(Batch input) {
        if (threshold.isActive()) {
            addCandidates(input);
        } else {
            super.take(input);
        }
        if (buffer.rowCount() >= 2L * threshold.rowCount() + SLACK_ROWS) {
            prune();
        }
    }

    private void addCandidates(Batch input) {
        int rows = input.rowCount();
        try (Ownership owned = new Ownership()) {
            Column key =
                    owned.hold(
                            ColumnFlatten.flatten(
                                    input.column(threshold.firstKey().column()), allocator));
            DataBuffer words = owned.hold(allocator.allocate(8L * rows));
            DataBuffer passed = owned.hold(allocator.allocate(Bitmap.bytes(rows)));
            threshold.words(key, rows, words.segment());
            int count = threshold.test(words.segment(), rows, passed.segment());
            DataBuffer selection = input.selection();
            if (selection != null && count > 0) {
                for (int w = 0; w < (rows + 63) >>> 6; w++) {
                    Bitmap.setWord(
                            passed.segment(),
                            w,
                            Bitmap.word(passed.segment(), w) & Bitmap.word(selection.segment(), w));
                }
                count = Bitmap.count(passed.segment(), rows);
            }
            buffer.add(input, passed, count);
        }
    }

    /// Keeps the first rows of what was collected.
    private void prune() {
        int keep = threshold.rowCount();
        try (Batch all = buffer.takeAll();
                Ownership owned = new Ownership()) {
            int count = all.rowCount();
            List<Column> keys = SortColumns.keys(threshold.keys(), all.columns(), allocator);
            keys.forEach(owned::hold);
            List<KeyLevel> levels = KeyLevels.of(threshold.keys(), keys, count);
            DataBuffer rows = owned.hold(allocator.allocate(4L * count));
            DataBuffer words = owned.hold(allocator.allocate(8L * count));
            for (int i = 0; i < count; i++) {
                NativeMemory.setInt(rows.segment(), 4L * i, i);
            }
            try (RowSorter sorter = new RowSorter(levels, allocator, context::checkCancelled)) {
                sorter.sort(rows.segment(), words.segment(), count);
            }
            try (Batch first = BatchCompactor.gather(all, rows.segment(), keep, allocator)) {
                lowerThreshold(first, keep - 1, words.segment());
                buffer.add(first, null, keep);
            }
        }
    }

    private void lowerThreshold(Batch first, int last, MemorySegment words) {
        Column key = ColumnFlatten.flatten(first.column(threshold.firstKey().column()), allocator);
        try {
            threshold.words(key, first.rowCount(), words);
            threshold.lower(NativeMemory.getLong(words, 8L * last));
        } finally {
            key.release();
        }
    }
}
