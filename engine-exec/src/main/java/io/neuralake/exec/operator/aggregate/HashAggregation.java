package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.AggregateFunctions;
import io.neuralake.exec.function.aggregate.AggregateSignature;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.exec.spill.SpillTurn;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs one [HashAggregate]. Each sink worker groups what it sees by itself; the source's workers
/// then merge the workers' groups, a partition of hashes at a time, and emit them. When memory is short,
/// groups are spilled by partition, and merged when they are read. One per execution:
/// run the sink to its end, then the source; close it when both are done.
public final class HashAggregation implements AutoCloseable {
    /// Partitions of a merge: 2 to the power of this.
    static final int PARTITION_BITS = 6;

    /// Fewer groups than this are merged by one worker.
    private static final int PARTITION_GROUPS = 8192;

    /// Groups that a source worker emits before it asks for more.
    private static final int RANGE_GROUPS = 64 * 1024;

    private final HashAggregate node;
    private final List<AggregateCall> calls;
    private final List<WorkerGroups> workers = new ArrayList<>();
    private final List<SpillTurn> turns = new ArrayList<>();
    private final List<SpilledGroups> spilled = new ArrayList<>();
    private final List<List<GroupedState>> states = new ArrayList<>();
    private final List<AggregationTask> tasks = new ArrayList<>();
    private final AtomicInteger nextTask = new AtomicInteger();
    private @Nullable QuerySpill spill;
    private boolean finished;
    private boolean planned;

    /// Prepares the execution; allocates nothing.
    public HashAggregation(HashAggregate node) {
        this.node = node;
        this.calls = node.aggregates().stream().filter(call -> !isGrouping(call)).toList();
        for (int set = 0; set < node.groupingSets().size(); set++) {
            states.add(new ArrayList<>());
        }
    }

    static boolean isGrouping(AggregateCall call) {
        return AggregateFunctions.find(call.function())
                .map(AggregateSignature::name)
                .filter("grouping"::equals)
                .isPresent();
    }

    /// Returns what takes the input.
    public SinkOperator sink() {
        return new Sink();
    }

    /// Returns what emits the groups, after the sink has finished.
    public SourceOperator source() {
        return new Source();
    }

    HashAggregate node() {
        return node;
    }

    /// Returns the aggregates but `grouping`.
    List<AggregateCall> calls() {
        return calls;
    }

    private synchronized void open(WorkerContext context) {
        if (spill == null) {
            spill = context.spill();
            for (List<Integer> set : node.groupingSets()) {
                spilled.add(new SpilledGroups(node, set, 0, context));
            }
        }
    }

    /// Returns where groups of a set are spilled.
    SpilledGroups spilled(int set) {
        return spilled.get(set);
    }

    /// Tells whether any worker has spilled.
    boolean hasSpilled() {
        for (SpilledGroups groups : spilled) {
            if (groups.isUsed()) {
                return true;
            }
        }
        return false;
    }

    /// Takes ownership of a worker's groups and their turn. Until they are read anyone may spill them.
    synchronized void take(WorkerGroups groups, SpillTurn turn) {
        workers.add(groups);
        turns.add(turn);
    }

    List<GroupedState> states(int set) {
        return states.get(set);
    }

    /// Returns the next task, or null when there is none.
    @Nullable AggregationTask nextTask() {
        int index = nextTask.getAndIncrement();
        return index < tasks.size() ? tasks.get(index) : null;
    }

    /// Says that all groups are there.
    private synchronized void finish() {
        finished = true;
    }

    /// Plans the tasks, once. From now on nobody else spills the groups.
    private synchronized void plan() {
        QuerySpill whenShort = spill;
        if (planned || !finished || whenShort == null) {
            return;
        }
        planned = true;
        turns.forEach(SpillTurn::close);
        turns.clear();
        long bytes = workers.stream().mapToLong(WorkerGroups::spillableBytes).sum();
        if (hasSpilled() || bytes > 0 && !whenShort.arbiter().fits(mergingBytes(bytes))) {
            workers.forEach(whenShort.arbiter()::spillNow);
        }
        for (WorkerGroups worker : workers) {
            for (int set = 0; set < states.size(); set++) {
                states.get(set).add(worker.states().get(set));
            }
        }
        for (int set = 0; set < states.size(); set++) {
            plan(set);
        }
    }

    /// Returns about what it takes to merge and emit so many bytes of groups: large tables are merged
    /// by partitions, few large states as a whole.
    private long mergingBytes(long bytes) {
        int groups = 0;
        long completionBytes = 0;
        boolean completes = false;
        for (WorkerGroups worker : workers) {
            for (GroupedState state : worker.states()) {
                groups += state.groupCount();
                completes |= state.accumulators().needsCompletion();
                completionBytes += state.accumulators().completionBytes();
            }
        }
        if (completes) {
            return bytes + (groups < PARTITION_GROUPS ? completionBytes : completionBytes / 8);
        }
        if (workers.size() == 1) {
            return 0;
        }
        return groups < PARTITION_GROUPS ? bytes : bytes / 8;
    }

    private void plan(int set) {
        List<GroupedState> parts = states.get(set);
        boolean global = node.groupingSets().get(set).isEmpty();
        if (!global) {
            // emptied by spilling, or never filled; freed with their worker's groups
            parts.removeIf(part -> part.groupCount() == 0);
        }
        SpilledGroups onDisk = spilled.get(set);
        if (onDisk.isUsed()) {
            for (GroupPartition partition : onDisk.filled()) {
                tasks.add(new AggregationTask.Spilled(set, onDisk, partition));
            }
            return;
        }
        int groups = parts.stream().mapToInt(GroupedState::groupCount).sum();
        if (parts.size() == 1) {
            planOne(set, parts.get(0));
        } else if (global || groups > 0 && groups < PARTITION_GROUPS) {
            tasks.add(new AggregationTask.Merge(set, -1));
        } else if (groups > 0 && mergeClustered(parts, groups)) {
            parts.forEach(part -> planOne(set, part));
        } else if (groups > 0) {
            for (int p = 0; p < 1 << PARTITION_BITS; p++) {
                tasks.add(new AggregationTask.Merge(set, p));
            }
        }
    }

    /// Merges clustered parts at once if that is less work for one worker than merging all groups is
    /// for all workers.
    private static boolean mergeClustered(List<GroupedState> parts, int groups) {
        for (GroupedState part : parts) {
            if (part.accumulators().needsCompletion()) {
                return false;
            }
        }
        return GroupedState.mergeClustered(parts, groups / (2 * parts.size()));
    }

    /// Sorts all workers' groups of a set into partitions, where that was not done when they combined.
    /// The source's workers do so together.
    void partition(int set) {
        List<GroupedState> parts = states.get(set);
        parts.forEach(part -> part.partition(PARTITION_BITS, false));
        parts.forEach(part -> part.partition(PARTITION_BITS, true));
    }

    private void planOne(int set, GroupedState part) {
        int groups = part.groupCount();
        if (part.accumulators().needsCompletion()) {
            tasks.add(new AggregationTask.Range(set, part, 0, groups, true));
            return;
        }
        part.endInput();
        for (int from = 0; from < groups; from += RANGE_GROUPS) {
            int to = Math.min(groups, from + RANGE_GROUPS);
            tasks.add(new AggregationTask.Range(set, part, from, to, false));
        }
    }

    /// Frees all groups; idempotent.
    @Override
    public synchronized void close() {
        turns.forEach(SpillTurn::close);
        turns.clear();
        workers.forEach(WorkerGroups::close);
        workers.clear();
        states.forEach(List::clear);
        spilled.forEach(SpilledGroups::close);
        tasks.clear();
    }

    /// Sorts a worker's groups into partitions if there are many, while workers run in parallel, and
    /// other workers' groups may well be the same.
    static void partitionIfLarge(GroupedState state) {
        if (state.groupCount() >= PARTITION_GROUPS && !state.mayBeClustered()) {
            state.partition(PARTITION_BITS, true);
        }
    }

    private final class Sink implements SinkOperator {
        @Override
        public SinkWorker newWorker(WorkerContext context) {
            open(context);
            return new AggregationSinkWorker(HashAggregation.this, context);
        }

        @Override
        public void finish() {
            HashAggregation.this.finish();
        }

        @Override
        public void close() {
            HashAggregation.this.close();
        }
    }

    private final class Source implements SourceOperator {
        @Override
        public SourceWorker newWorker(WorkerContext context) {
            plan();
            return new AggregationSourceWorker(HashAggregation.this, context);
        }

        @Override
        public int maxWorkers() {
            plan();
            return planned ? Math.max(1, tasks.size()) : Integer.MAX_VALUE;
        }

        @Override
        public void close() {
            HashAggregation.this.close();
        }
    }
}
