package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Takes tasks, merges their groups and emits them.
final class AggregationSourceWorker implements SourceWorker {
    private final HashAggregation aggregation;
    private final HashAggregate node;
    private final WorkerContext context;
    private final BatchScratch scratch;
    private @Nullable GroupedState current;
    private boolean owned;
    private int set;
    private int from;
    private int to;

    AggregationSourceWorker(HashAggregation aggregation, WorkerContext context) {
        this.aggregation = aggregation;
        this.node = aggregation.node();
        this.context = context;
        this.scratch = new BatchScratch(context.allocator());
    }

    @Override
    public ReadResult produce() {
        context.checkCancelled();
        while (from >= to) {
            release();
            AggregationTask task = aggregation.nextTask();
            if (task == null) {
                return ReadResult.Finished.INSTANCE;
            }
            begin(task);
        }
        GroupedState state = current;
        if (state == null) {
            throw new IllegalStateException("No groups to emit");
        }
        int count = Math.min(context.batchRows(), to - from);
        Batch batch = emit(state, count);
        from += count;
        return new ReadResult.Ready(batch);
    }

    private void begin(AggregationTask task) {
        set = task.set();
        switch (task) {
            case AggregationTask.Range range -> {
                current = range.state();
                owned = false;
                if (range.complete()) {
                    range.state().complete(scratch);
                }
                from = range.from();
                to = range.to();
            }
            case AggregationTask.Merge merge -> {
                GroupedState merged =
                        new GroupedState(
                                node,
                                node.groupingSets().get(set),
                                aggregation.calls(),
                                context.allocator());
                current = merged;
                owned = true;
                for (GroupedState part : aggregation.states(set)) {
                    merged.merge(part, merge.partition(), scratch);
                    context.checkCancelled();
                }
                merged.complete(scratch);
                from = 0;
                to = merged.groupCount();
            }
        }
    }

    private Batch emit(GroupedState state, int count) {
        List<Integer> keys = node.groupingSets().get(set);
        MemoryAllocator allocator = context.allocator();
        List<Column> columns = new ArrayList<>();
        try {
            for (int k = 0; k < node.keys().size(); k++) {
                int position = keys.indexOf(k);
                Type type = node.input().schema().field(node.keys().get(k)).type();
                columns.add(
                        position < 0
                                ? ConstantColumns.nulls(type, count, allocator)
                                : state.keyColumn(position, from, count, allocator));
            }
            int call = 0;
            for (AggregateCall aggregate : node.aggregates()) {
                columns.add(
                        HashAggregation.isGrouping(aggregate)
                                ? ConstantColumns.of(
                                        aggregate.output().type(),
                                        grouping(aggregate, keys),
                                        count,
                                        allocator)
                                : state.accumulators().result(call++, from, count, allocator));
            }
        } catch (RuntimeException | Error e) {
            columns.forEach(Column::release);
            throw e;
        }
        return Batch.of(count, columns.toArray(Column[]::new));
    }

    /// Returns one bit an argument, the first being the highest: set where the key is not in the
    /// grouping set.
    private long grouping(AggregateCall call, List<Integer> keys) {
        long bits = 0;
        for (int argument : call.arguments()) {
            boolean grouped = keys.stream().anyMatch(key -> node.keys().get(key).equals(argument));
            bits = bits << 1 | (grouped ? 0 : 1);
        }
        return bits;
    }

    private void release() {
        if (owned && current != null) {
            current.close();
        }
        current = null;
        owned = false;
        from = 0;
        to = 0;
    }

    @Override
    public void close() {
        release();
        scratch.close();
    }
}
