package io.neuralake.exec.operator.sort;

import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.spill.SpillBlock;
import io.neuralake.exec.spill.SpillWriter;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Emits the rows of spilled runs in order. More runs than memory has room for a block of are first
/// merged into fewer, the smallest first.
final class SpilledRows implements SourceWorker {
    private static final int MIN_FAN_IN = 4;
    private static final int MAX_FAN_IN = 256;

    /// A block is held as it was read, with its keys, and in slices of the next batch.
    private static final long BLOCKS_PER_RUN = 4;

    private static final long BLOCKS_PER_BATCH = 2;

    private final WorkerContext context;
    private final Schema schema;
    private final List<SortKey> keys;
    private final SpilledRuns spilled;
    private final List<SortedRun> runs;
    private final int batchRows;
    private @Nullable RunMerge merge;
    private long left;
    private long skip;

    SpilledRows(
            WorkerContext context,
            Schema schema,
            List<SortKey> keys,
            SpilledRuns spilled,
            long offset,
            long limit) {
        this.context = context;
        this.schema = schema;
        this.keys = keys;
        this.spilled = spilled;
        this.runs = new ArrayList<>(spilled.all());
        this.batchRows = batchRows();
        this.skip = offset;
        this.left = limit;
    }

    @Override
    public ReadResult produce() {
        context.checkCancelled();
        RunMerge last = merge;
        if (last == null) {
            last = prepare();
            merge = last;
        }
        while (skip > 0) {
            context.checkCancelled();
            int skipped = last.take((int) Math.min(skip, batchRows));
            if (skipped == 0) {
                return ReadResult.Finished.INSTANCE;
            }
            skip -= skipped;
        }
        int count = last.take((int) Math.min(left, batchRows));
        if (count == 0) {
            return ReadResult.Finished.INSTANCE;
        }
        left -= count;
        return new ReadResult.Ready(last.batch());
    }

    private RunMerge prepare() {
        int fanIn = fanIn();
        while (runs.size() > fanIn) {
            runs.sort(Comparator.comparingLong(SortedRun::rowCount));
            int some = Math.min(fanIn, runs.size() - fanIn + 1);
            List<SortedRun> smallest = runs.subList(0, some);
            SortedRun merged = mergeToDisk(List.copyOf(smallest));
            smallest.clear();
            runs.add(merged);
        }
        return merge(runs);
    }

    /// Returns the most rows of a batch: fewer than usual where even those are much under the limit.
    private int batchRows() {
        long bytes = 1;
        long rows = 1;
        for (SortedRun run : runs) {
            bytes += run.blocks().getFirst().rawBytes();
            rows += run.blocks().getFirst().rowCount();
        }
        long fitting = BLOCKS_PER_BATCH * spilled.spill().blockBytes() * rows / bytes;
        return Math.clamp(fitting, 1, context.batchRows());
    }

    private int fanIn() {
        long free = spilled.spill().arbiter().availableBytes() / 2;
        return Math.clamp(
                free / (BLOCKS_PER_RUN * spilled.spill().blockBytes()), MIN_FAN_IN, MAX_FAN_IN);
    }

    private RunMerge merge(List<SortedRun> some) {
        return new RunMerge(schema, keys, some, spilled.reader(), batchRows, context.allocator());
    }

    private SortedRun mergeToDisk(List<SortedRun> some) {
        try (RunMerge merged = merge(some);
                SpillWriter writer = spilled.newWriter(context.allocator())) {
            List<SpillBlock> blocks = new ArrayList<>();
            long rows = 0;
            int count = merged.take(batchRows);
            while (count > 0) {
                context.checkCancelled();
                try (Batch batch = merged.batch()) {
                    blocks.add(writer.write(batch));
                }
                rows += count;
                count = merged.take(batchRows);
            }
            return new SortedRun(blocks, rows);
        }
    }

    @Override
    public void close() {
        if (merge != null) {
            merge.close();
            merge = null;
        }
    }
}
