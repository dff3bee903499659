package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;

import java.lang.foreign.MemorySegment;

/// Finds the probe rows for which any build row of their key satisfies the condition (semi, anti and
/// mark joins). Walks the chains in rounds: the first tries one build row for each probe row, later
/// ones more as fewer probe rows are left. Belongs to one worker.
final class MatchSearch implements AutoCloseable {
    private final BuildSide build;
    private final PairCondition condition;
    private final WorkerContext context;
    private final Scratch active;
    private final Scratch pairs;

    MatchSearch(BuildSide build, PairCondition condition, WorkerContext context) {
        this.build = build;
        this.condition = condition;
        this.context = context;
        this.active = new Scratch(context.allocator());
        this.pairs = new Scratch(context.allocator());
    }

    /// Keeps in `matched` the rows with a match, and returns their number.
    ///
    /// @param heads as [ProbeLookup#find] gave them
    int search(Batch probe, MemorySegment heads, MemorySegment matched) {
        int rowCount = probe.rowCount();
        int capacity = Math.max(context.batchRows(), rowCount);
        MemorySegment both = active.get(8L * rowCount);
        MemorySegment rows = both.asSlice(0, 4L * rowCount);
        MemorySegment positions = both.asSlice(4L * rowCount);
        MemorySegment pair = pairs.get(8L * capacity);
        MemorySegment probeRows = pair.asSlice(0, 4L * capacity);
        MemorySegment buildRows = pair.asSlice(4L * capacity);
        long next = build.table().nextAddress();
        int left = Bitmap.toIndexes(matched, rowCount, rows);
        for (int i = 0; i < left; i++) {
            Rows.set(positions, i, Rows.get(heads, Rows.get(rows, i)));
        }
        matched.asSlice(0, Bitmap.bytes(rowCount)).fill((byte) 0);
        int found = 0;
        int quota = 1;
        while (left > 0) {
            context.checkCancelled();
            int count = 0;
            for (int i = 0; i < left; i++) {
                int at = Rows.get(positions, i);
                for (int k = 0; k < quota && at >= 0; k++) {
                    Rows.set(probeRows, count, Rows.get(rows, i));
                    Rows.set(buildRows, count++, at);
                    at = JoinTable.next(next, at);
                }
                Rows.set(positions, i, at);
            }
            count = condition.filterPairs(probe, probeRows, build.rows(), buildRows, count);
            for (int i = 0; i < count; i++) {
                int row = Rows.get(probeRows, i);
                found += Bitmap.get(matched, row) ? 0 : 1;
                Bitmap.set(matched, row, true);
            }
            int kept = 0;
            for (int i = 0; i < left; i++) {
                int row = Rows.get(rows, i);
                int at = Rows.get(positions, i);
                Rows.set(rows, kept, row);
                Rows.set(positions, kept, at);
                kept += at >= 0 && !Bitmap.get(matched, row) ? 1 : 0;
            }
            left = kept;
            quota = left == 0 ? 1 : Math.max(1, capacity / left);
        }
        return found;
    }

    @Override
    public void close() {
        active.close();
        pairs.close();
    }
}
