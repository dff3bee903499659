package io.neuralake.exec.metrics;

import io.neuralake.exec.QueryStatistics.OperatorStatistics;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.connector.ScanMetrics;
import io.neuralake.spi.memory.LimitedReservation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// The counters of one plan node, shared by the workers of all its operators. Thread-safe.
public final class NodeMetrics {
    /// The counter of bytes that operators spilled.
    public static final String SPILLED_BYTES = "spilled_bytes";

    /// The counter of processor time that one thread spent after all workers of a pipeline had brought
    /// what they had, such as for building a hash table.
    public static final String SERIAL_NANOS = "serial_nanos";

    private final PhysicalPlan node;
    private final int depth;
    private final LimitedReservation reservation;
    private final List<NodeMetrics> inputs = new ArrayList<>();
    private final LongAdder rows = new LongAdder();
    private final LongAdder batches = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final Map<String, LongAdder> counters = new ConcurrentHashMap<>();
    private volatile @Nullable ScanMetrics scan;

    /// Starts at zero.
    ///
    /// @param reservation the account of the node's operators
    public NodeMetrics(PhysicalPlan node, int depth, LimitedReservation reservation) {
        this.node = node;
        this.depth = depth;
        this.reservation = reservation;
    }

    /// Returns the node.
    public PhysicalPlan node() {
        return node;
    }

    /// Returns the node's depth in the plan, 0 for the root.
    public int depth() {
        return depth;
    }

    /// Returns the account of the node's operators.
    public LimitedReservation reservation() {
        return reservation;
    }

    /// Appends the metrics of the next input.
    public void addInput(NodeMetrics input) {
        inputs.add(input);
    }

    /// Returns the metrics of the inputs, in order.
    public List<NodeMetrics> inputs() {
        return inputs;
    }

    /// Counts a batch of output.
    public void countOutput(int rowCount) {
        rows.add(rowCount);
        batches.increment();
    }

    /// Adds time worked for the node.
    public void addNanos(long amount) {
        nanos.add(amount);
    }

    /// Adds to a named counter.
    public void count(String counter, long amount) {
        counters.computeIfAbsent(counter, _ -> new LongAdder()).add(amount);
    }

    /// Shows the counters of a scan among this node's.
    public void attach(ScanMetrics metrics) {
        scan = metrics;
    }

    /// Reads the counters.
    OperatorStatistics statistics() {
        Map<String, Long> details = new TreeMap<>();
        counters.forEach((name, value) -> details.put(name, value.sum()));
        ScanMetrics scanned = scan;
        if (scanned != null) {
            for (ScanMetrics.Counter counter : ScanMetrics.Counter.values()) {
                long value = scanned.get(counter);
                if (value != 0) {
                    details.put(counter.name().toLowerCase(java.util.Locale.ROOT), value);
                }
            }
        }
        long outputRows = rows.sum();
        long outputBatches = batches.sum();
        if (node instanceof PhysicalPlan.Union) {
            for (NodeMetrics input : inputs) { // has no operator of its own
                OperatorStatistics below = input.statistics();
                outputRows += below.outputRows();
                outputBatches += below.outputBatches();
            }
        }
        Long spilled = details.remove(SPILLED_BYTES);
        return new OperatorStatistics(
                node,
                depth,
                outputRows,
                outputBatches,
                nanos.sum(),
                reservation.peakBytes(),
                spilled == null ? 0 : spilled,
                details);
    }
}
