package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.exec.spill.SpillTurn;
import io.neuralake.exec.spill.SpillableRows;
import io.neuralake.exec.spill.SpilledPartitions;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Probes a build side of which only some partitions are in memory: rows of those are probed at once,
/// others kept for later, and spilled with what they might match.
final class SpillingProbeWorker implements StreamingWorker {

    private final HashBuild build;
    private final SpilledPartitions target;
    private final KeyColumns keyColumns;
    private final HashJoinProbeWorker inMemory;
    private final WorkerContext context;
    private final SpillableRows kept;
    private final SpillTurn turn;
    private final Scratch hashes;
    private final Scratch rows;

    /// Takes ownership of `keyColumns` and `inMemory`.
    ///
    /// @param target keeps the rows of partitions that are not in memory
    SpillingProbeWorker(
            HashBuild build,
            SpilledPartitions target,
            KeyColumns keyColumns,
            HashJoinProbeWorker inMemory,
            WorkerContext context) {
        this.build = build;
        this.target = target;
        this.keyColumns = keyColumns;
        this.inMemory = inMemory;
        this.context = context;
        this.hashes = new Scratch(context.allocator());
        this.rows = new Scratch(context.allocator());
        this.kept = new SpillableRows(target, true, (_, _) -> {}, context.allocator());
        this.turn = context.spill().register(kept);
    }

    @Override
    public Status process(Batch input, BatchConsumer consumer) {
        try (input) {
            if (input.selectedCount() > 0) {
                try (Batch extended = keyColumns.extend(input)) {
                    divide(input, extended, consumer);
                }
            }
        }
        return Status.NEED_INPUT;
    }

    private void divide(Batch input, Batch extended, BatchConsumer consumer) {
        int count = input.rowCount();
        DataBuffer now = context.allocator().allocate(Bitmap.bytes(count));
        int nowCount;
        try {
            MemorySegment later = rows.get(4L * count);
            int laterCount = choose(extended, now.segment(), later);
            if (laterCount > 0) {
                turn.begin(RowBytes.estimate(extended, laterCount));
                try {
                    kept.add(extended, later, laterCount);
                } finally {
                    turn.end();
                }
            }
            nowCount = Bitmap.count(now.segment(), count);
        } catch (RuntimeException | Error e) {
            now.release();
            throw e;
        }
        if (nowCount == 0) {
            now.release();
        } else {
            inMemory.process(BatchSelection.select(input, now, nowCount), consumer);
        }
    }

    /// Divides the selected rows.
    ///
    /// @param now receives the bitmap of rows to be probed at once, or without need to be probed
    /// @param later receives the other rows
    /// @return the number of other rows
    private int choose(Batch extended, MemorySegment now, MemorySegment later) {
        int count = extended.rowCount();
        MemorySegment hash = hashes.get(8L * count);
        target.division().hash(extended, hash);
        DataBuffer matchable = target.division().matchable(extended, context.allocator());
        try {
            MemorySegment possible = matchable == null ? null : matchable.segment();
            Rows.copySelection(extended.selection(), count, now);
            return choose(hash, possible, count, now, later);
        } finally {
            if (matchable != null) {
                matchable.release();
            }
        }
    }

    private int choose(
            MemorySegment hash,
            @Nullable MemorySegment matchable,
            int count,
            MemorySegment now,
            MemorySegment later) {
        int laterCount = 0;
        for (int i = 0; i < count; i++) {
            if (Bitmap.get(now, i)) {
                boolean possible = matchable == null || Bitmap.get(matchable, i);
                int partition = target.partitionOf(NativeMemory.getLong(hash, 8L * i));
                if (!possible && !target.division().keepsUnmatchable()) {
                    Bitmap.set(now, i, false);
                } else if (possible && !build.isResident(partition)) {
                    Bitmap.set(now, i, false);
                    Rows.set(later, laterCount++, i);
                }
            }
        }
        return laterCount;
    }

    @Override
    public void finish(BatchConsumer consumer) {
        inMemory.finish(consumer);
        turn.close();
        if (kept.rowCount() > 0) {
            context.spill().arbiter().spillNow(kept);
        }
    }

    @Override
    public void close() {
        turn.close();
        kept.close();
        hashes.close();
        rows.close();
        keyColumns.close();
        inMemory.close();
    }
}
