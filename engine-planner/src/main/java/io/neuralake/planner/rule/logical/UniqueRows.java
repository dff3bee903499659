package io.neuralake.planner.rule.logical;

import io.neuralake.planner.rel.SingleRow;
import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.core.Values;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.util.ImmutableBitSet;

/// Knows from a query alone, whatever the data, which rows differ.
final class UniqueRows {
    private UniqueRows() {}

    /// Tells whether rows are sure to differ in the given columns, nulls counted as equal. Without
    /// columns: whether there is at most one row.
    static boolean differIn(RelNode rel, ImmutableBitSet columns) {
        return switch (rel) {
            case Filter filter -> differIn(filter.getInput(), columns);
            case Sort sort -> isOneRow(sort) || differIn(sort.getInput(), columns);
            case Project project -> differIn(project, columns);
            case Aggregate aggregate ->
                    aggregate.getGroupSets().size() == 1
                            && columns.contains(ImmutableBitSet.range(aggregate.getGroupCount()));
            case Join join when isFilter(join.getJoinType()) -> differIn(join.getLeft(), columns);
            case Union union ->
                    !union.all
                            && columns.contains(
                                    ImmutableBitSet.range(union.getRowType().getFieldCount()));
            case Values values -> values.getTuples().size() <= 1;
            // More than one row is an error, which nobody may lose.
            case SingleRow single -> differIn(single.getInput(), ImmutableBitSet.of());
            default -> false;
        };
    }

    private static boolean differIn(Project project, ImmutableBitSet columns) {
        ImmutableBitSet.Builder sources = ImmutableBitSet.builder();
        for (int column : columns) {
            int source = Expressions.plainColumn(project.getProjects().get(column));
            if (source >= 0) {
                sources.set(source);
            }
        }
        return differIn(project.getInput(), sources.build());
    }

    private static boolean isFilter(JoinRelType type) {
        return type == JoinRelType.SEMI || type == JoinRelType.ANTI;
    }

    private static boolean isOneRow(Sort sort) {
        return sort.fetch instanceof RexLiteral literal
                && RexLiteral.numberValue(literal).doubleValue() <= 1;
    }
}
