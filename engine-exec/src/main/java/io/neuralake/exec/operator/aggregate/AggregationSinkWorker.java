package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.spill.SpillTurn;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Groups the batches of one worker, for every grouping set.
final class AggregationSinkWorker implements SinkWorker {
    private static final int SLICE_ROWS = 256;

    private final HashAggregation aggregation;
    private final WorkerContext context;
    private final BatchScratch scratch;
    private final WorkerGroups groups;
    private final SpillTurn turn;
    private boolean combined;

    AggregationSinkWorker(HashAggregation aggregation, WorkerContext context) {
        this.aggregation = aggregation;
        this.context = context;
        this.scratch = new BatchScratch(context.allocator());
        this.groups = new WorkerGroups(aggregation, context);
        this.turn = context.spill().register(groups);
    }

    @Override
    public Status consume(Batch input) {
        try (input) {
            context.checkCancelled();
            if (input.selectedCount() == 0) {
                return Status.NEED_INPUT;
            }
            scratch.reset();
            RowSet rows = selected(input);
            Column[] columns = input.columns().toArray(Column[]::new);
            long growthBytes = groups.growthBytes(rows.count());
            if (rows.count() <= SLICE_ROWS || context.spill().arbiter().fits(growthBytes)) {
                add(columns, rows, growthBytes);
            } else {
                addSlices(columns, rows);
            }
            return Status.NEED_INPUT;
        }
    }

    private void add(Column[] columns, RowSet rows, long growthBytes) {
        turn.begin(growthBytes);
        try {
            groups.add(columns, rows, scratch);
        } finally {
            turn.end();
        }
    }

    /// Adds few rows at a time, since all might make the groups grow by more than there is.
    private void addSlices(Column[] columns, RowSet rows) {
        MemorySegment all = rows.rows();
        long mark = scratch.mark();
        for (int from = 0; from < rows.count(); from += SLICE_ROWS) {
            int count = Math.min(SLICE_ROWS, rows.count() - from);
            MemorySegment slice = scratch.ints(count);
            for (int i = 0; i < count; i++) {
                int row = all == null ? from + i : NativeMemory.getInt(all, 4L * (from + i));
                NativeMemory.setInt(slice, 4L * i, row);
            }
            add(columns, new RowSet(count, slice, null), groups.growthBytes(count));
            scratch.release(mark);
        }
    }

    private RowSet selected(Batch input) {
        DataBuffer selection = input.selection();
        if (selection == null || input.selectedCount() == input.rowCount()) {
            return new RowSet(input.rowCount(), null, null);
        }
        MemorySegment rows = scratch.ints(input.rowCount());
        int count = Bitmap.toIndexes(selection.segment(), input.rowCount(), rows);
        return new RowSet(count, rows, null);
    }

    @Override
    public void combine() {
        turn.begin(0);
        try {
            if (aggregation.hasSpilled()) {
                context.spill().arbiter().spillNow(groups);
            }
            scratch.reset();
            groups.endInput(scratch);
            for (GroupedState state : groups.states()) {
                state.endInput();
                HashAggregation.partitionIfLarge(state);
            }
            groups.updateSize();
        } finally {
            turn.end();
        }
        combined = true;
        aggregation.take(groups, turn);
    }

    @Override
    public void close() {
        if (!combined) {
            turn.close();
            groups.close();
        }
        scratch.close();
    }
}
