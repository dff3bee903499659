package io.neuralake.exec.metrics;

import io.neuralake.exec.QueryStatistics;
import io.neuralake.exec.QueryStatistics.OperatorStatistics;
import io.neuralake.exec.memory.QueryMemory;
import io.neuralake.exec.plan.PhysicalPlan;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// The counters of one query. Thread-safe.
public final class QueryMetrics {
    private final QueryMemory memory;
    private final List<NodeMetrics> preOrder;
    private final long startNanos = System.nanoTime();
    private final AtomicLong endNanos = new AtomicLong();
    private final LongAdder cpuNanos = new LongAdder();
    private final LongAdder resultRows = new LongAdder();

    private QueryMetrics(QueryMemory memory, List<NodeMetrics> preOrder) {
        this.memory = memory;
        this.preOrder = preOrder;
    }

    /// Makes the counters of all nodes of a plan. Not recursive: plans may be deep.
    public static QueryMetrics of(PhysicalPlan plan, QueryMemory memory) {
        List<NodeMetrics> preOrder = new ArrayList<>();
        Deque<Pending> stack = new ArrayDeque<>();
        stack.push(new Pending(plan, 0, List.of()));
        while (!stack.isEmpty()) {
            Pending next = stack.pop();
            NodeMetrics metrics =
                    new NodeMetrics(
                            next.node,
                            next.depth,
                            memory.operatorReservation(next.node.getClass().getSimpleName()));
            preOrder.add(metrics);
            next.parent.forEach(parent -> parent.addInput(metrics));
            List<PhysicalPlan> inputs = next.node.inputs();
            for (int i = inputs.size() - 1; i >= 0; i--) {
                stack.push(new Pending(inputs.get(i), next.depth + 1, List.of(metrics)));
            }
        }
        return new QueryMetrics(memory, List.copyOf(preOrder));
    }

    /// @param parent none or one
    private record Pending(PhysicalPlan node, int depth, List<NodeMetrics> parent) {}

    /// Returns the counters of the plan's root.
    public NodeMetrics root() {
        return preOrder.getFirst();
    }

    /// Returns the counters of all nodes in pre-order.
    public List<NodeMetrics> nodes() {
        return preOrder;
    }

    /// Adds processor time of a worker.
    public void addCpuNanos(long amount) {
        cpuNanos.add(amount);
    }

    /// Counts rows of the result.
    public void addResultRows(long rowCount) {
        resultRows.add(rowCount);
    }

    /// Stops the clock.
    public void end() {
        endNanos.compareAndSet(0, System.nanoTime());
    }

    /// Reads all counters.
    public QueryStatistics statistics() {
        long end = endNanos.get();
        List<OperatorStatistics> operators =
                preOrder.stream().map(NodeMetrics::statistics).toList();
        return new QueryStatistics(
                (end == 0 ? System.nanoTime() : end) - startNanos,
                cpuNanos.sum(),
                memory.peakBytes(),
                resultRows.sum(),
                operators);
    }
}
