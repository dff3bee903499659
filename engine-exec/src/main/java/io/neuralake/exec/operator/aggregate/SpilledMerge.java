package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.AccumulatorSet;
import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.GroupRows;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.exec.spill.SpillBlock;
import io.neuralake.exec.spill.SpillReader;
import io.neuralake.exec.spill.SpillTurn;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.Spillable;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Merges one partition of spilled groups in memory. Where that has no room for them, they are spilled
/// again, divided by further bits of their hashes. Belongs to one worker; others may spill what it has
/// merged while it reads.
final class SpilledMerge implements Spillable, AutoCloseable {
    private final HashAggregation aggregation;
    private final HashAggregate node;
    private final AggregationTask.Spilled task;
    private final WorkerContext context;
    private GroupedState state;
    private @Nullable SpilledGroups divided;
    private volatile long spillableBytes;

    SpilledMerge(HashAggregation aggregation, AggregationTask.Spilled task, WorkerContext context) {
        this.aggregation = aggregation;
        this.node = aggregation.node();
        this.task = task;
        this.context = context;
        this.state = newState();
    }

    private List<Integer> set() {
        return node.groupingSets().get(task.set());
    }

    private GroupedState newState() {
        return new GroupedState(node, set(), aggregation.calls(), context.allocator());
    }

    /// Reads and merges all blocks. Call it once.
    void run(BatchScratch scratch) {
        SpillTurn turn = task.source().canDivideFurther() ? context.spill().register(this) : null;
        try {
            SpillReader reader = task.source().newReader(state.accumulators().spillTypes());
            for (SpillBlock block : task.partition().states()) {
                add(turn, block, reader, batch -> addStates(batch, scratch));
            }
            int aggregates = state.accumulators().entryStates().size();
            for (int e = 0; e < aggregates; e++) {
                int aggregate = e;
                SpillReader entries =
                        task.source()
                                .newReader(state.accumulators().entryStates().get(e).entryTypes());
                for (SpillBlock block : task.partition().entries(e)) {
                    add(turn, block, entries, b -> state.addEntries(b, aggregate, scratch));
                }
            }
        } finally {
            if (turn != null) {
                turn.close();
            }
        }
        if (divided != null) {
            context.spill().arbiter().spillNow(this);
        }
    }

    @FunctionalInterface
    private interface Adder {
        void add(Batch batch);
    }

    private void add(@Nullable SpillTurn turn, SpillBlock block, SpillReader reader, Adder adder) {
        context.checkCancelled();
        if (turn == null) {
            read(block, reader, adder);
            return;
        }
        turn.begin(
                state.growthBytes(block.rowCount())
                        + 2L * block.rawBytes()
                        + context.spill().runBytes());
        try {
            read(block, reader, adder);
        } finally {
            turn.end();
        }
    }

    private void read(SpillBlock block, SpillReader reader, Adder adder) {
        try (Batch batch = reader.read(block, context.allocator())) {
            adder.add(batch);
        }
        spillableBytes = state.bytes();
    }

    private void addStates(Batch block, BatchScratch scratch) {
        int keys = set().size();
        List<Column> states = block.columns().subList(keys, block.columnCount());
        try (AccumulatorSet imported =
                        new AccumulatorSet(
                                aggregation.calls(),
                                node.input().schema(),
                                true,
                                context.allocator());
                GroupRows rows = new GroupRows(context.allocator(), imported.template())) {
            imported.bind(rows, 0);
            rows.ensure(block.rowCount());
            imported.importStates(states, block.rowCount());
            state.addStates(block, imported, scratch);
        }
    }

    /// Returns the groups that were spilled again, which the caller closes, or null.
    @Nullable SpilledGroups takeDivided() {
        SpilledGroups taken = divided;
        divided = null;
        return taken;
    }

    /// Returns the merged groups, which stay this object's; none if they were spilled again.
    GroupedState state() {
        return state;
    }

    @Override
    public long spillableBytes() {
        return spillableBytes;
    }

    @Override
    public long spill(long targetBytes) {
        if (state.groupCount() == 0) {
            return 0;
        }
        long freed = spillableBytes;
        SpilledGroups target = divided;
        if (target == null) {
            target = new SpilledGroups(node, set(), task.source().level() + 1, context);
            divided = target;
        }
        new GroupSpiller(state, target, context.allocator()).run();
        state.close();
        state = newState();
        spillableBytes = 0;
        return freed;
    }

    @Override
    public void close() {
        state.close();
        if (divided != null) {
            divided.close();
            divided = null;
        }
    }
}
