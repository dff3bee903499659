package io.neuralake.planner.rule.logical;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rex.RexNode;

import java.util.ArrayList;
import java.util.List;

/// Drops DISTINCT over rows that differ already ([UniqueRows]), as those of an aggregation do.
public final class RedundantDistinct {
    private final CardinalityEstimator estimator;

    /// Creates a pass.
    public RedundantDistinct(CardinalityEstimator estimator) {
        this.estimator = estimator;
    }

    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        RelNode rel = RelRewriter.inputs(root, this::apply);
        if (!rel.equals(root)) {
            estimator.setRows(rel, estimator.rows(root));
        }
        if (!(rel instanceof Aggregate aggregate)
                || !aggregate.getAggCallList().isEmpty()
                || aggregate.getGroupSets().size() != 1
                || aggregate.getGroupCount() == 0
                || !UniqueRows.differIn(aggregate.getInput(), aggregate.getGroupSet())) {
            return rel;
        }
        List<RexNode> columns = new ArrayList<>();
        int output = 0;
        for (int key : aggregate.getGroupSet()) {
            RexNode column = Expressions.reference(aggregate.getInput(), key);
            columns.add(Expressions.ensureType(aggregate, output++, column));
        }
        return Expressions.project(aggregate.getInput(), columns, aggregate);
    }
}
