package io.neuralake.conformance.estimate;

import io.neuralake.exec.QueryStatistics.OperatorStatistics;
import io.neuralake.exec.plan.PhysicalPlan;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// By what factor the estimates of operators were wrong (q-error: Moerkotte, Neumann and Steidl,
/// "Preventing Bad Plans by Bounding the Impact of Cardinality Estimation Errors", VLDB 2009), with
/// a floor of one row. Only of operators that ran to their end, and once of those that are shared.
final class EstimateErrors {
    /// An operator's estimate.
    ///
    /// @param factor at least 1
    record Estimate(String query, PhysicalPlan node, long estimated, long actual, double factor) {
        @Override
        public String toString() {
            String type = node instanceof PhysicalPlan.HashJoin join ? " " + join.type() : "";
            return String.format(
                    Locale.ROOT,
                    "%.1f %s %s%s: estimated %d, actual %d",
                    factor,
                    query,
                    node.getClass().getSimpleName(),
                    type,
                    estimated,
                    actual);
        }
    }

    private final List<Estimate> estimates;

    EstimateErrors() {
        this(new ArrayList<>());
    }

    private EstimateErrors(List<Estimate> estimates) {
        this.estimates = estimates;
    }

    /// Adds the operators of a query that has run, given in pre-order.
    void add(String query, List<OperatorStatistics> operators) {
        new Walk(query, operators).add(true);
    }

    /// Walks through the operators of a plan.
    private final class Walk {
        private final String query;
        private final List<OperatorStatistics> operators;
        private final Set<Integer> shared = new HashSet<>();
        private int next;

        Walk(String query, List<OperatorStatistics> operators) {
            this.query = query;
            this.operators = operators;
        }

        /// @param complete whether all rows of the operator were asked for
        void add(boolean complete) {
            OperatorStatistics operator = operators.get(next++);
            PhysicalPlan node = operator.node();
            if (complete && !Double.isNaN(node.estimatedRows())) {
                note(node, operator.outputRows());
            }
            boolean below =
                    complete
                            && !(node instanceof PhysicalPlan.Limit)
                            && !(node instanceof PhysicalPlan.Shared s && !shared.add(s.id()));
            for (int i = 0; i < node.inputs().size(); i++) {
                boolean isSkipped = i == 0 && isJoin(node) && buildRows() == 0;
                add(below && !isSkipped);
            }
        }

        /// Returns the rows of the second input of a join, of which the first is next: a join whose
        /// build side is empty does not look at the other.
        private long buildRows() {
            int depth = operators.get(next).depth();
            int build = next + 1;
            while (operators.get(build).depth() != depth) {
                build++;
            }
            return operators.get(build).outputRows();
        }

        private void note(PhysicalPlan node, long actual) {
            long estimated = Math.max(1, Math.round(node.estimatedRows()));
            double ratio = (double) estimated / Math.max(1, actual);
            estimates.add(new Estimate(query, node, estimated, actual, Math.max(ratio, 1 / ratio)));
        }
    }

    static boolean isJoin(PhysicalPlan node) {
        return node instanceof PhysicalPlan.HashJoin || node instanceof PhysicalPlan.NestedLoopJoin;
    }

    static boolean isGroup(PhysicalPlan node) {
        return node instanceof PhysicalPlan.HashAggregate aggregate && !aggregate.keys().isEmpty();
    }

    /// Keeps some operators, the best estimated first.
    EstimateErrors of(Predicate<PhysicalPlan> operators) {
        return new EstimateErrors(
                estimates.stream()
                        .filter(e -> operators.test(e.node))
                        .sorted(Comparator.comparingDouble(Estimate::factor))
                        .toList());
    }

    int count() {
        return estimates.size();
    }

    /// Returns the factor that this share of the operators does not exceed.
    double quantile(double share) {
        int index = (int) Math.ceil(share * estimates.size()) - 1;
        return estimates.get(Math.max(0, index)).factor;
    }

    /// Returns the share of the operators whose estimate is not wrong by more than the factor.
    double shareWithin(double factor) {
        double within = estimates.stream().filter(e -> e.factor <= factor).count();
        return within / estimates.size();
    }

    /// Writes the distribution, and the operators at its end.
    String summary(int worst) {
        String distribution =
                String.format(
                        Locale.ROOT,
                        "%d operators: median %.2f, p75 %.2f, p90 %.1f, p95 %.1f, max %.1f,"
                                + " %.1f %% within 4",
                        count(),
                        quantile(0.5),
                        quantile(0.75),
                        quantile(0.9),
                        quantile(0.95),
                        quantile(1),
                        100 * shareWithin(4));
        return estimates.reversed().stream()
                .limit(worst)
                .map(e -> "\n  " + e)
                .collect(Collectors.joining("", distribution, ""));
    }
}
