package io.neuralake.planner.rule.logical;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.AggregateParts;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.logical.LogicalAggregate;

import java.util.ArrayList;
import java.util.List;

/// Groups by all columns of several grouping sets first, and those groups by each set: rows are then
/// put into groups once and not once a set. Only where the aggregates of parts can be joined, and
/// where there are far fewer groups than rows.
public final class GroupingSetSplit {
    /// Rows a group, at least, that make the first grouping worth it.
    private static final double ROWS_PER_GROUP = 4;

    private final CardinalityEstimator estimator;

    /// Creates a pass.
    public GroupingSetSplit(CardinalityEstimator estimator) {
        this.estimator = estimator;
    }

    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        RelNode rel = RelRewriter.inputs(root, this::apply);
        if (!rel.equals(root)) {
            estimator.setRows(rel, estimator.rows(root));
        }
        return rel instanceof Aggregate aggregate && isWorthIt(aggregate) ? split(aggregate) : rel;
    }

    private boolean isWorthIt(Aggregate aggregate) {
        if (aggregate.getGroupSets().size() < 2 || !AggregateParts.arePossible(aggregate)) {
            return false;
        }
        RelNode first =
                LogicalAggregate.create(
                        aggregate.getInput(), List.of(), aggregate.getGroupSet(), null, List.of());
        return estimator.rows(first) * ROWS_PER_GROUP <= estimator.rows(aggregate.getInput());
    }

    private static RelNode split(Aggregate aggregate) {
        AggregateParts parts = new AggregateParts(aggregate);
        int groupCount = aggregate.getGroupCount();
        List<AggregateCall> calls = new ArrayList<>();
        List<Integer> columns = new ArrayList<>();
        for (AggregateParts.Part part : parts.parts()) {
            AggregateCall call =
                    AggregateParts.call(
                            part.function(),
                            part.call().getArgList(),
                            part.call().filterArg,
                            aggregate.getInput(),
                            groupCount == 0);
            if (!calls.contains(call)) {
                calls.add(call);
            }
            columns.add(groupCount + calls.indexOf(call));
        }
        RelNode first =
                LogicalAggregate.create(
                        aggregate.getInput(), List.of(), aggregate.getGroupSet(), null, calls);
        return parts.joined(first, columns);
    }
}
