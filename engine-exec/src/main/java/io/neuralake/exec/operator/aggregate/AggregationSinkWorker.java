package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Groups the batches of one worker, for every grouping set.
final class AggregationSinkWorker implements SinkWorker {
    private final HashAggregation aggregation;
    private final WorkerContext context;
    private final BatchScratch scratch;
    private final List<GroupedState> states = new ArrayList<>();

    AggregationSinkWorker(HashAggregation aggregation, WorkerContext context) {
        this.aggregation = aggregation;
        this.context = context;
        this.scratch = new BatchScratch(context.allocator());
        HashAggregate node = aggregation.node();
        try {
            for (List<Integer> set : node.groupingSets()) {
                states.add(new GroupedState(node, set, aggregation.calls(), context.allocator()));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
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
            long mark = scratch.mark();
            for (GroupedState state : states) {
                state.add(columns, rows, scratch);
                scratch.release(mark);
            }
            return Status.NEED_INPUT;
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
        for (GroupedState state : states) {
            state.endInput();
            HashAggregation.partitionIfLarge(state);
        }
        aggregation.take(states);
        states.clear();
    }

    @Override
    public void close() {
        states.forEach(GroupedState::close);
        states.clear();
        scratch.close();
    }
}
