package io.neuralake.planner.rule.pushdown;

import io.neuralake.planner.rel.SubQueryJoin;
import io.neuralake.planner.rule.logical.RelRewriter;

import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.util.ImmutableBitSet;

import java.math.BigDecimal;
import java.util.List;

/// Limits the inputs of what keeps at least one row of each input row: the inputs of UNION ALL, also
/// under a top-N, and the left side of left, mark and single joins.
public final class LimitPushDown {
    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        RelNode rel = RelRewriter.inputs(root, this::apply);
        if (!(rel instanceof Sort sort)
                || !(sort.fetch instanceof RexLiteral fetch)
                || !(sort.offset == null || sort.offset instanceof RexLiteral)) {
            return rel;
        }
        BigDecimal count =
                number(fetch).add(sort.offset == null ? BigDecimal.ZERO : number(sort.offset));
        RelNode limited = limit(sort.getInput(), sort.getCollation(), count);
        return limited.equals(sort.getInput())
                ? rel
                : sort.copy(sort.getTraitSet(), List.of(limited));
    }

    private static BigDecimal number(org.apache.calcite.rex.RexNode literal) {
        BigDecimal value = ((RexLiteral) literal).getValueAs(BigDecimal.class);
        return value == null ? BigDecimal.ZERO : value;
    }

    private static RelNode limit(RelNode rel, RelCollation order, BigDecimal count) {
        return switch (rel) {
            case Project project
                    when order.getFieldCollations().isEmpty() && !project.containsOver() -> {
                RelNode input = limit(project.getInput(), order, count);
                yield input.equals(project.getInput())
                        ? project
                        : project.copy(project.getTraitSet(), List.of(input));
            }
            case Union union when union.all ->
                    union.copy(
                            union.getTraitSet(),
                            union.getInputs().stream()
                                    .map(input -> limited(input, order, count))
                                    .toList());
            case Join join when join.getJoinType() == JoinRelType.LEFT && isLeft(join, order) ->
                    join.copy(
                            join.getTraitSet(),
                            List.of(limited(join.getLeft(), order, count), join.getRight()));
            case SubQueryJoin join when keepsLeft(join) && isLeft(join, order) ->
                    join.copy(
                            join.getTraitSet(),
                            List.of(limited(join.getLeft(), order, count), join.getRight()));
            default -> rel;
        };
    }

    private static boolean keepsLeft(SubQueryJoin join) {
        return join.type() != io.neuralake.exec.plan.PhysicalPlan.JoinType.ANTI_NULL_AWARE;
    }

    private static boolean isLeft(RelNode join, RelCollation order) {
        int width = join.getInput(0).getRowType().getFieldCount();
        return ImmutableBitSet.of(order.getKeys()).length() <= width;
    }

    private static RelNode limited(RelNode input, RelCollation order, BigDecimal count) {
        RelNode pushed = limit(input, order, count);
        return LogicalSort.create(
                pushed,
                order.getFieldCollations().isEmpty() ? RelCollations.EMPTY : order,
                null,
                input.getCluster().getRexBuilder().makeExactLiteral(count));
    }
}
