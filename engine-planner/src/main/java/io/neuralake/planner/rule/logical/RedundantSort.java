package io.neuralake.planner.rule.logical;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;

/// Drops sorts without limit whose order nobody sees: everywhere but on the way from the root, or
/// from a limit, through projections and filters.
public final class RedundantSort {
    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        return visit(root, true);
    }

    private RelNode visit(RelNode rel, boolean ordered) {
        if (rel instanceof Sort sort) {
            boolean limited = sort.fetch != null || sort.offset != null;
            boolean sorts = !sort.getCollation().getFieldCollations().isEmpty();
            if (!limited && sorts && !ordered) {
                return visit(sort.getInput(), false);
            }
            boolean inputOrdered = !sorts && (limited || ordered);
            return RelRewriter.inputs(rel, input -> visit(input, inputOrdered));
        }
        boolean passes =
                rel instanceof Project
                        || rel instanceof Filter
                        || rel instanceof Aggregate aggregate && isOrdered(aggregate);
        return RelRewriter.inputs(
                rel, input -> visit(input, passes && (ordered || rel instanceof Aggregate)));
    }

    /// Tells whether an aggregate takes rows in the order in which they come.
    private static boolean isOrdered(Aggregate aggregate) {
        return aggregate.getAggCallList().stream().anyMatch(RedundantSort::isOrdered);
    }

    private static boolean isOrdered(AggregateCall call) {
        return switch (call.getAggregation().getKind()) {
            case ARRAY_AGG,
                    ARRAY_CONCAT_AGG,
                    COLLECT,
                    LISTAGG,
                    STRING_AGG,
                    GROUP_CONCAT,
                    OTHER_FUNCTION,
                    OTHER ->
                    true;
            default -> false;
        };
    }
}
