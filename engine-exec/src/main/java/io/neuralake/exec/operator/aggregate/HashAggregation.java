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

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Runs one [HashAggregate]. Each sink worker groups what it sees by itself; the source's workers
/// then merge the workers' groups, a partition of hashes at a time, and emit them. One per execution:
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
    private final List<List<GroupedState>> states = new ArrayList<>();
    private final List<AggregationTask> tasks = new ArrayList<>();
    private final AtomicInteger nextTask = new AtomicInteger();
    private volatile boolean finished;

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

    /// Takes ownership of a worker's states, one a grouping set.
    synchronized void take(List<GroupedState> worker) {
        for (int set = 0; set < worker.size(); set++) {
            states.get(set).add(worker.get(set));
        }
    }

    List<GroupedState> states(int set) {
        return states.get(set);
    }

    /// Returns the next task, or null when there is none.
    @org.jspecify.annotations.Nullable
    AggregationTask nextTask() {
        int index = nextTask.getAndIncrement();
        return index < tasks.size() ? tasks.get(index) : null;
    }

    private void finish() {
        for (int set = 0; set < states.size(); set++) {
            List<GroupedState> parts = states.get(set);
            boolean global = node.groupingSets().get(set).isEmpty();
            if (!global) {
                parts.removeIf(
                        part -> {
                            if (part.groupCount() == 0) {
                                part.close();
                                return true;
                            }
                            return false;
                        });
            }
            int groups = parts.stream().mapToInt(GroupedState::groupCount).sum();
            if (parts.size() == 1) {
                planOne(set, parts.get(0));
            } else if (global || groups > 0 && groups < PARTITION_GROUPS) {
                tasks.add(new AggregationTask.Merge(set, -1));
            } else if (groups > 0) {
                parts.forEach(part -> part.partition(PARTITION_BITS));
                for (int p = 0; p < 1 << PARTITION_BITS; p++) {
                    tasks.add(new AggregationTask.Merge(set, p));
                }
            }
        }
        finished = true;
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
        for (List<GroupedState> parts : states) {
            parts.forEach(GroupedState::close);
            parts.clear();
        }
        tasks.clear();
    }

    /// Sorts a worker's groups into partitions if there are many, while workers run in parallel.
    static void partitionIfLarge(GroupedState state) {
        if (state.groupCount() >= PARTITION_GROUPS) {
            state.partition(PARTITION_BITS);
        }
    }

    private final class Sink implements SinkOperator {
        @Override
        public SinkWorker newWorker(WorkerContext context) {
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
            return new AggregationSourceWorker(HashAggregation.this, context);
        }

        @Override
        public int maxWorkers() {
            return finished ? Math.max(1, tasks.size()) : Integer.MAX_VALUE;
        }

        @Override
        public void close() {
            HashAggregation.this.close();
        }
    }
}
