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

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Takes tasks, merges their groups and emits them.
final class AggregationSourceWorker implements SourceWorker {
    private final HashAggregation aggregation;
    private final HashAggregate node;
    private final WorkerContext context;
    private final BatchScratch scratch;
    private final Deque<Divided> divided = new ArrayDeque<>();
    private @Nullable GroupedState current;
    private @Nullable Object owner;
    private int set;
    private int from;
    private int to;

    /// Groups that were spilled again, and those partitions of them that are left.
    private record Divided(int set, SpilledGroups groups, Deque<GroupPartition> left) {}

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
            AggregationTask task = nextTask();
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

    /// Returns what is left of a divided partition, then the next of all, or null.
    private @Nullable AggregationTask nextTask() {
        while (!divided.isEmpty()) {
            Divided last = divided.peek();
            GroupPartition partition = last.left().poll();
            if (partition != null) {
                return new AggregationTask.Spilled(last.set(), last.groups(), partition);
            }
            divided.pop().groups().close();
        }
        return aggregation.nextTask();
    }

    private void begin(AggregationTask task) {
        set = task.set();
        switch (task) {
            case AggregationTask.Range range -> {
                current = range.state();
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
                owner = merged;
                if (merge.partition() >= 0) {
                    aggregation.partition(set);
                }
                for (GroupedState part : aggregation.states(set)) {
                    merged.merge(part, merge.partition(), scratch);
                    context.checkCancelled();
                }
                merged.complete(scratch);
                from = 0;
                to = merged.groupCount();
            }
            case AggregationTask.Spilled spilled -> merge(spilled);
        }
    }

    private void merge(AggregationTask.Spilled task) {
        SpilledMerge merge = new SpilledMerge(aggregation, task, context);
        owner = merge;
        merge.run(scratch);
        SpilledGroups again = merge.takeDivided();
        if (again != null) {
            divided.push(new Divided(set, again, new ArrayDeque<>(again.filled())));
        }
        GroupedState merged = merge.state();
        current = merged;
        merged.complete(scratch);
        from = 0;
        to = merged.groupCount();
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
        current = null;
        switch (owner) {
            case GroupedState state -> state.close();
            case SpilledMerge merge -> merge.close();
            case null, default -> {}
        }
        owner = null;
        from = 0;
        to = 0;
    }

    @Override
    public void close() {
        release();
        divided.forEach(each -> each.groups().close());
        divided.clear();
        scratch.close();
    }
}
