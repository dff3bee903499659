package io.neuralake.planner.rule.logical;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;

/// Drops DISTINCT over rows that an aggregation below has made distinct already.
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
                || !isDistinct(aggregate.getInput(), aggregate.getGroupSet())) {
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

    /// Tells whether rows are sure to differ in the given columns.
    private static boolean isDistinct(RelNode rel, ImmutableBitSet columns) {
        return switch (rel) {
            case Filter filter -> isDistinct(filter.getInput(), columns);
            case Sort sort -> isDistinct(sort.getInput(), columns);
            case Project project -> {
                ImmutableBitSet.Builder sources = ImmutableBitSet.builder();
                for (int column : columns) {
                    int source = Expressions.plainColumn(project.getProjects().get(column));
                    if (source >= 0) {
                        sources.set(source);
                    }
                }
                yield isDistinct(project.getInput(), sources.build());
            }
            case Aggregate aggregate ->
                    aggregate.getGroupSets().size() == 1
                            && columns.contains(ImmutableBitSet.range(aggregate.getGroupCount()));
            default -> false;
        };
    }
}
