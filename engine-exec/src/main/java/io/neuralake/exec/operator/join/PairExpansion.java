package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Follows the chains of keys with several build rows and emits one row a pair, in chunks of at most
/// a batch. Belongs to one worker.
final class PairExpansion implements AutoCloseable {
    private final JoinType type;
    private final BuildSide build;
    private final @Nullable PairCondition condition;
    private final JoinOutput output;
    private final WorkerContext context;
    private final int capacity;
    private final boolean keepsProbe;
    private final boolean marksBuild;
    private final boolean emits;
    private final Scratch probeScratch;
    private final Scratch buildScratch;
    private final Scratch matchedScratch;

    PairExpansion(
            JoinType type,
            BuildSide build,
            @Nullable PairCondition condition,
            JoinOutput output,
            WorkerContext context) {
        this.type = type;
        this.build = build;
        this.condition = condition;
        this.output = output;
        this.context = context;
        this.capacity = context.batchRows();
        this.keepsProbe = type == JoinType.LEFT || type == JoinType.FULL || type == JoinType.SINGLE;
        this.marksBuild = HashJoinOperation.marksBuildRows(type);
        this.emits = type.hasProbeColumns();
        this.probeScratch = new Scratch(context.allocator());
        this.buildScratch = new Scratch(context.allocator());
        this.matchedScratch = new Scratch(context.allocator());
    }

    /// Emits the pairs of all selected rows, and for outer joins the rows without any.
    ///
    /// @param heads as [ProbeLookup#find] gave them
    void expand(Batch probe, MemorySegment heads, BatchConsumer consumer) {
        MemorySegment probeRows = probeScratch.get(4L * capacity);
        MemorySegment buildRows = buildScratch.get(4L * capacity);
        int rowCount = probe.rowCount();
        MemorySegment found = matchedScratch.get(Bitmap.bytes(rowCount) * 2);
        found.asSlice(0, Bitmap.bytes(rowCount)).fill((byte) 0);
        long next = build.table().nextAddress();
        int count = 0;
        for (int row = 0; row < rowCount; row++) {
            int at = Rows.get(heads, row);
            while (at >= 0) {
                Rows.set(probeRows, count, row);
                Rows.set(buildRows, count, at);
                if (++count == capacity) {
                    flush(probe, probeRows, buildRows, count, found, consumer);
                    count = 0;
                }
                at = JoinTable.next(next, at);
            }
        }
        flush(probe, probeRows, buildRows, count, found, consumer);
        if (keepsProbe) {
            MemorySegment rest = found.asSlice(Bitmap.bytes(rowCount));
            Rows.copySelection(probe.selection(), rowCount, rest);
            int left = Rows.andNot(rest, found, rowCount);
            if (left > 0) {
                consumer.accept(output.inPlace(probe, build.rows(), rest, left, null, true, null));
            }
        }
    }

    private void flush(
            Batch probe,
            MemorySegment probeRows,
            MemorySegment buildRows,
            int pairs,
            MemorySegment found,
            BatchConsumer consumer) {
        context.checkCancelled();
        int count = pairs;
        if (condition != null && count > 0) {
            count = condition.filterPairs(probe, probeRows, build.rows(), buildRows, count);
        }
        if (count == 0) {
            return;
        }
        if (keepsProbe) {
            markFound(probeRows, count, found);
        }
        if (marksBuild) {
            build.mark(buildRows, count);
        }
        if (emits) {
            consumer.accept(output.pairs(probe, probeRows, build.rows(), buildRows, count, false));
        }
    }

    private void markFound(MemorySegment probeRows, int count, MemorySegment found) {
        for (int i = 0; i < count; i++) {
            int row = Rows.get(probeRows, i);
            if (type == JoinType.SINGLE && Bitmap.get(found, row)) {
                throw moreThanOneRow();
            }
            Bitmap.set(found, row, true);
        }
    }

    /// Returns the error of a scalar sub-query with two rows.
    static NeuralakeException moreThanOneRow() {
        return new NeuralakeException(
                ErrorCode.CARDINALITY_VIOLATION,
                "Scalar sub-query returned more than one row; aggregate it or add LIMIT 1");
    }

    @Override
    public void close() {
        probeScratch.close();
        buildScratch.close();
        matchedScratch.close();
    }
}
