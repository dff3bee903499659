package io.neuralake.planner.rule;

import io.neuralake.planner.rel.LateralUnnest;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.util.ImmutableBitSet;

/// Relations that have no row, whatever the tables hold.
public final class EmptyRelations {
    private EmptyRelations() {}

    /// Returns a relation without rows that has the columns of another.
    public static RelNode like(RelNode rel) {
        return LogicalValues.createEmpty(rel.getCluster(), rel.getRowType());
    }

    /// Tells whether a relation is known to have no row.
    public static boolean isEmpty(RelNode rel) {
        return switch (rel) {
            case Values values -> values.getTuples().isEmpty();
            case Filter filter -> isEmpty(filter.getInput());
            case Project project -> isEmpty(project.getInput());
            case Sort sort -> isEmpty(sort.getInput());
            case LateralUnnest unnest -> isEmpty(unnest.getInput());
            case Aggregate aggregate ->
                    aggregate.getGroupSets().stream().noneMatch(ImmutableBitSet::isEmpty)
                            && isEmpty(aggregate.getInput());
            case Union union -> union.getInputs().stream().allMatch(EmptyRelations::isEmpty);
            case Join join ->
                    switch (join.getJoinType()) {
                        case INNER, SEMI -> isEmpty(join.getLeft()) || isEmpty(join.getRight());
                        case LEFT, ANTI -> isEmpty(join.getLeft());
                        case RIGHT -> isEmpty(join.getRight());
                        case FULL -> isEmpty(join.getLeft()) && isEmpty(join.getRight());
                        case ASOF, LEFT_ASOF, LEFT_MARK -> false;
                    };
            default -> false;
        };
    }
}
