package io.neuralake.planner.rule.logical;

import io.neuralake.planner.rel.SubQueryJoin;
import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.core.Union;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;

/// Drops joins that neither remove rows nor add any, and whose right columns nobody reads: left joins
/// and scalar sub-queries with at most one match, which shows in the query itself ([UniqueRows]), and
/// marks; and left joins with any number of matches where only distinct values count. Expressions
/// that nobody reads go with them.
public final class UnusedJoin {
    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        return rewrite(root, all(root), false);
    }

    private static ImmutableBitSet all(RelNode rel) {
        return ImmutableBitSet.range(rel.getRowType().getFieldCount());
    }

    /// Rewrites a relation to one of the same type.
    ///
    /// @param used columns whose values matter
    /// @param distinct whether it does not matter how often a row comes
    private RelNode rewrite(RelNode rel, ImmutableBitSet used, boolean distinct) {
        return switch (rel) {
            case Project project -> project(project, used, distinct);
            case Filter filter -> {
                ImmutableBitSet read = used.union(Expressions.columns(filter.getCondition()));
                boolean plain = RexUtil.isDeterministic(filter.getCondition());
                yield replaced(filter, rewrite(filter.getInput(), read, distinct && plain));
            }
            case Sort sort -> {
                ImmutableBitSet read =
                        used.union(ImmutableBitSet.of(sort.getCollation().getKeys()));
                yield replaced(sort, rewrite(sort.getInput(), read, false));
            }
            case Aggregate aggregate -> aggregate(aggregate);
            case Join join when !isAsof(join) -> join(join, used, distinct);
            case SubQueryJoin join -> subQuery(join, used);
            case Union union when union.all ->
                    RelRewriter.inputs(union, input -> rewrite(input, used, distinct));
            default -> RelRewriter.inputs(rel, input -> rewrite(input, all(input), false));
        };
    }

    private static boolean isAsof(Join join) {
        return join.getJoinType() == JoinRelType.ASOF
                || join.getJoinType() == JoinRelType.LEFT_ASOF;
    }

    private static RelNode replaced(RelNode rel, RelNode input) {
        return RelRewriter.inputs(rel, _ -> input);
    }

    private RelNode project(Project project, ImmutableBitSet used, boolean distinct) {
        RexBuilder builder = project.getCluster().getRexBuilder();
        List<RexNode> kept = new ArrayList<>();
        boolean plain = !project.containsOver();
        for (int i = 0; i < project.getProjects().size(); i++) {
            RexNode expression = project.getProjects().get(i);
            plain &= RexUtil.isDeterministic(expression);
            if (!used.get(i) && expression.getType().isNullable()) {
                RexNode nothing = builder.makeNullLiteral(expression.getType());
                kept.add(Expressions.ensureType(project, i, nothing));
            } else {
                kept.add(expression);
            }
        }
        ImmutableBitSet read = RelOptUtil.InputFinder.bits(kept, null);
        RelNode input = rewrite(project.getInput(), read, distinct && plain);
        return input.equals(project.getInput())
                ? project
                : project.copy(project.getTraitSet(), input, kept, project.getRowType());
    }

    private RelNode aggregate(Aggregate aggregate) {
        ImmutableBitSet.Builder read = aggregate.getGroupSet().rebuild();
        boolean distinct = true;
        for (AggregateCall call : aggregate.getAggCallList()) {
            call.getArgList().forEach(read::set);
            call.getCollation().getKeys().forEach(read::set);
            if (call.hasFilter()) {
                read.set(call.filterArg);
            }
            if (call.distinctKeys != null) {
                call.distinctKeys.forEach(read::set);
            }
            SqlKind kind = call.getAggregation().getKind();
            distinct &= kind == SqlKind.MIN || kind == SqlKind.MAX;
        }
        return replaced(aggregate, rewrite(aggregate.getInput(), read.build(), distinct));
    }

    private RelNode join(Join join, ImmutableBitSet used, boolean distinct) {
        int width = join.getLeft().getRowType().getFieldCount();
        if (join.getJoinType() == JoinRelType.LEFT
                && used.nextSetBit(width) < 0
                && RexUtil.isDeterministic(join.getCondition())
                && (distinct || hasOneMatch(join.getRight(), join.getCondition(), width))) {
            return withoutRight(join, rewrite(join.getLeft(), used, distinct));
        }
        ImmutableBitSet read = used.union(Expressions.columns(join.getCondition()));
        ImmutableBitSet left = read.intersect(ImmutableBitSet.range(width));
        ImmutableBitSet right = read.except(left).shift(-width);
        // The right side of a semi-join is asked for its existence alone.
        boolean isFilter =
                join.getJoinType() == JoinRelType.SEMI || join.getJoinType() == JoinRelType.ANTI;
        RelNode newLeft = rewrite(join.getLeft(), left, distinct);
        RelNode newRight = rewrite(join.getRight(), right, distinct || isFilter);
        boolean same = newLeft.equals(join.getLeft()) && newRight.equals(join.getRight());
        return same ? join : join.copy(join.getTraitSet(), List.of(newLeft, newRight));
    }

    private RelNode subQuery(SubQueryJoin join, ImmutableBitSet used) {
        int width = join.getLeft().getRowType().getFieldCount();
        boolean isDropped =
                used.nextSetBit(width) < 0
                        && RexUtil.isDeterministic(join.condition())
                        && switch (join.type()) {
                            case MARK, MARK_NULL_AWARE -> true;
                            case SINGLE -> hasOneMatch(join.getRight(), join.condition(), width);
                            default -> false;
                        };
        if (isDropped) {
            return withoutRight(join, rewrite(join.getLeft(), used, false));
        }
        return RelRewriter.inputs(join, input -> rewrite(input, all(input), false));
    }

    /// Tells whether the right side has at most one match for each row: its rows differ in the columns
    /// that the condition compares with something of the left side.
    private static boolean hasOneMatch(RelNode right, RexNode condition, int width) {
        ImmutableBitSet.Builder compared = ImmutableBitSet.builder();
        for (RexNode conjunct : RelOptUtil.conjunctions(condition)) {
            if (conjunct.getKind() == SqlKind.EQUALS
                    || conjunct.getKind() == SqlKind.IS_NOT_DISTINCT_FROM) {
                RexNode a = ((RexCall) conjunct).getOperands().get(0);
                RexNode b = ((RexCall) conjunct).getOperands().get(1);
                note(a, b, width, compared);
                note(b, a, width, compared);
            }
        }
        return UniqueRows.differIn(right, compared.build());
    }

    private static void note(
            RexNode left, RexNode right, int width, ImmutableBitSet.Builder compared) {
        int column = Expressions.plainColumn(right);
        ImmutableBitSet read = Expressions.columns(left);
        if (column >= width && read.nextSetBit(width) < 0) {
            compared.set(column - width);
        }
    }

    /// Puts nulls where the columns of the right side were, and false for a mark that is never null.
    private static RelNode withoutRight(RelNode join, RelNode left) {
        List<RexNode> columns = new ArrayList<>();
        List<RelDataTypeField> fields = join.getRowType().getFieldList();
        int width = left.getRowType().getFieldCount();
        for (int i = 0; i < width; i++) {
            columns.add(new RexInputRef(i, fields.get(i).getType()));
        }
        for (int i = width; i < fields.size(); i++) {
            RexBuilder builder = join.getCluster().getRexBuilder();
            RexNode nothing =
                    fields.get(i).getType().isNullable()
                            ? builder.makeNullLiteral(fields.get(i).getType())
                            : builder.makeLiteral(false);
            columns.add(Expressions.ensureType(join, i, nothing));
        }
        return Expressions.project(left, columns, join);
    }
}
