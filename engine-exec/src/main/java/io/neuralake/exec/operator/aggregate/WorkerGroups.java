package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.AccumulatorSet;
import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.spill.SpillArbiter;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.Spillable;

import java.util.ArrayList;
import java.util.List;

/// The groups that one worker has made, for every grouping set. Belongs to whoever has its turn. The
/// one group of an empty set stays in memory: to divide it would not make it smaller.
///
/// Where a set has all keys of another, and aggregates keep their states in the groups' rows, only the former is made
/// of rows; its groups are passed on to the latter when all rows are there, or when they are spilled.
final class WorkerGroups implements Spillable, AutoCloseable {
    private static final int CHUNK_GROUPS = 2048;
    private static final int CHUNK_GROUPS_WHEN_SHORT = 256;

    private final HashAggregation aggregation;
    private final WorkerContext context;
    private final List<GroupedState> states = new ArrayList<>();
    private final GroupingSets sets;

    /// Groups of each set that those derived from it have got.
    private final int[] passed;

    private volatile long spillableBytes;

    WorkerGroups(HashAggregation aggregation, WorkerContext context) {
        this.aggregation = aggregation;
        this.context = context;
        List<List<Integer>> all = aggregation.node().groupingSets();
        this.passed = new int[all.size()];
        try {
            for (int set = 0; set < all.size(); set++) {
                states.add(newState(set));
            }
            this.sets = canDerive() ? GroupingSets.deriving(all) : GroupingSets.reading(all);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private boolean canDerive() {
        AccumulatorSet accumulators = states.getFirst().accumulators();
        return accumulators.isSelfContained() && accumulators.entryStates().isEmpty();
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
        for (int set = 0; set < states.size(); set++) {
            bytes += sets.isRead(set) ? states.get(set).growthBytes(rows) : 0;
        }
        return bytes;
    }

    /// Adds rows.
    void add(Column[] columns, RowSet rows, BatchScratch scratch) {
        long mark = scratch.mark();
        for (int set = 0; set < states.size(); set++) {
            if (sets.isRead(set)) {
                states.get(set).add(columns, rows, scratch);
                scratch.release(mark);
            }
        }
        updateSize();
    }

    /// Ends the input: makes the groups of sets that are derived from others, or spills all when there is no memory
    /// for them.
    void endInput(BatchScratch scratch) {
        SpillArbiter arbiter = context.spill().arbiter();
        for (int set : sets.order()) {
            while (passed[set] < groupsToPass(set)) {
                context.checkCancelled();
                if (states.get(set).hasKeys() && !arbiter.fits(derivedGrowthBytes(set))) {
                    arbiter.spillNow(this); // leaves none to pass on
                } else {
                    passChunk(set, CHUNK_GROUPS, scratch);
                }
            }
        }
        updateSize();
    }

    private int groupsToPass(int set) {
        return sets.derivedFrom(set).isEmpty() ? 0 : states.get(set).groupCount();
    }

    private long derivedGrowthBytes(int set) {
        long bytes = 0;
        for (GroupingSets.Derived target : sets.derivedFrom(set)) {
            bytes += states.get(target.set()).growthBytes(CHUNK_GROUPS);
        }
        return bytes;
    }

    /// Adds the next groups of a set to those that are derived from it.
    private void passChunk(int set, int most, BatchScratch scratch) {
        GroupedState source = states.get(set);
        int from = passed[set];
        int count = Math.min(most, source.groupCount() - from);
        for (GroupingSets.Derived target : sets.derivedFrom(set)) {
            states.get(target.set()).addGroups(source, target.keys(), from, count, scratch);
        }
        passed[set] = from + count;
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
        try (BatchScratch scratch = new BatchScratch(context.allocator())) {
            for (int set : sets.order()) {
                spillSet(set, scratch);
            }
        }
        updateSize();
        return freed;
    }

    /// Spills a set after all of its groups were passed on. Sets that are derived from it are spilled whenever they have
    /// become large: all that derive from one another, one a key at most, share what a spiller may take.
    private void spillSet(int set, BatchScratch scratch) {
        GroupedState state = states.get(set);
        if (!state.hasKeys() || state.groupCount() == 0) {
            return;
        }
        long mostBytes = 2 * context.spill().runBytes() / (aggregation.node().keys().size() + 1);
        while (passed[set] < groupsToPass(set)) {
            passChunk(set, CHUNK_GROUPS_WHEN_SHORT, scratch);
            for (GroupingSets.Derived target : sets.derivedFrom(set)) {
                if (states.get(target.set()).bytes() > mostBytes) {
                    spillSet(target.set(), scratch);
                }
            }
        }
        new GroupSpiller(state, aggregation.spilled(set), context.allocator()).run();
        state.close();
        states.set(set, newState(set));
        passed[set] = 0;
    }

    @Override
    public void close() {
        states.forEach(GroupedState::close);
        states.clear();
        spillableBytes = 0;
    }
}
