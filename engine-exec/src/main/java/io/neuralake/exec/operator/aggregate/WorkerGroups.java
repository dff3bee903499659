package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.spi.memory.Spillable;

import java.util.ArrayList;
import java.util.List;

/// The groups that one worker has made, for every grouping set. Belongs to whoever has its turn. The
/// one group of an empty set stays in memory: to divide it would not make it smaller.
final class WorkerGroups implements Spillable, AutoCloseable {
    private final HashAggregation aggregation;
    private final WorkerContext context;
    private final List<GroupedState> states = new ArrayList<>();
    private volatile long spillableBytes;

    WorkerGroups(HashAggregation aggregation, WorkerContext context) {
        this.aggregation = aggregation;
        this.context = context;
        try {
            for (int set = 0; set < aggregation.node().groupingSets().size(); set++) {
                states.add(newState(set));
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private GroupedState newState(int set) {
        return new GroupedState(
                aggregation.node(),
                aggregation.node().groupingSets().get(set),
                aggregation.calls(),
                context.allocator());
    }

    /// Returns the states, one a grouping set.
    List<GroupedState> states() {
        return states;
    }

    /// Returns about how much it may take at most to add so many rows.
    long growthBytes(int rows) {
        long bytes = 0;
        for (GroupedState state : states) {
            bytes += state.growthBytes(rows);
        }
        return bytes;
    }

    /// Says that states have changed.
    void updateSize() {
        long bytes = 0;
        for (GroupedState state : states) {
            bytes += state.hasKeys() && state.groupCount() > 0 ? state.bytes() : 0;
        }
        spillableBytes = bytes;
    }

    @Override
    public long spillableBytes() {
        return spillableBytes;
    }

    @Override
    public long spill(long targetBytes) {
        long freed = spillableBytes;
        for (int set = 0; set < states.size(); set++) {
            GroupedState state = states.get(set);
            if (state.hasKeys() && state.groupCount() > 0) {
                new GroupSpiller(state, aggregation.spilled(set), context.allocator()).run();
                state.close();
                states.set(set, newState(set));
            }
        }
        updateSize();
        return freed;
    }

    @Override
    public void close() {
        states.forEach(GroupedState::close);
        states.clear();
        spillableBytes = 0;
    }
}
