package io.neuralake.exec;

import io.neuralake.exec.plan.PhysicalPlan;

import java.util.List;
import java.util.Map;

/// What a query did, in total and an operator at a time.
///
/// @param operators in pre-order of the plan
public record QueryStatistics(
        long wallNanos,
        long cpuNanos,
        long peakBytes,
        long rows,
        List<OperatorStatistics> operators) {
    /// Copies the list.
    public QueryStatistics {
        operators = List.copyOf(operators);
    }

    /// What one operator did.
    ///
    /// @param node the plan node
    /// @param depth depth in the plan, 0 for the root
    /// @param cpuNanos summed over the workers; 0 unless the query was profiled
    /// @param details further counters by name, such as what a scan pruned
    public record OperatorStatistics(
            PhysicalPlan node,
            int depth,
            long outputRows,
            long outputBatches,
            long cpuNanos,
            long peakBytes,
            long spilledBytes,
            Map<String, Long> details) {
        /// Copies the map.
        public OperatorStatistics {
            details = Map.copyOf(details);
        }
    }
}
