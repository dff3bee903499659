package io.neuralake.planner.rule.pushdown;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.AggregateParts;
import io.neuralake.planner.rule.AggregateParts.Part;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.planner.rule.SafeExpressions;
import io.neuralake.planner.rule.logical.RelRewriter;
import io.neuralake.planner.rule.pushdown.JoinSpine.Rebuilt;
import io.neuralake.planner.rule.pushdown.JoinSpine.Step;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Aggregates rows before joins, by what the joins and the groups read of them, and joins the parts
/// of each group above. Rows that agree in these columns meet the same rows of the other sides, so
/// that it does not matter how often that is; no key has to be known. Only where far fewer rows are
/// expected to be left, and where the joins do not drop more
/// (Yan and Larson, "Eager Aggregation and Lazy Aggregation", VLDB 1995).
public final class AggregatePushDown {
    /// Rows a group, at least, that make the first aggregation worth it.
    private static final double ROWS_PER_GROUP = 4;

    /// The most that the new plan may cost, as a share of the old one.
    private static final double MOST_COST = 0.6;

    /// Cost of a row that is joined, where finding the group of a row costs 1.
    private static final double JOIN_COST = 0.3;

    /// Cost of a key or of an aggregate.
    private static final double COLUMN_COST = 0.25;

    private static final double TEXT_KEY_COST = 1;

    private final CardinalityEstimator estimator;
    private final JoinSpine.Estimates estimates;

    /// Creates a pass.
    public AggregatePushDown(CardinalityEstimator estimator) {
        this.estimator = estimator;
        this.estimates =
                new JoinSpine.Estimates() {
                    @Override
                    public double of(RelNode rel) {
                        return estimator.rows(rel);
                    }

                    @Override
                    public void accept(RelNode rel, double rows) {
                        estimator.setRows(rel, rows);
                    }
                };
    }

    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        RelNode rel = RelRewriter.inputs(root, this::apply);
        if (!rel.equals(root)) {
            estimator.setRows(rel, estimator.rows(root));
        }
        if (!(rel instanceof Aggregate aggregate) || !AggregateParts.arePossible(aggregate)) {
            return rel;
        }
        Candidate best = best(aggregate);
        if (best == null) {
            return rel;
        }
        RelNode rewritten = rewritten(aggregate, best);
        estimator.setRows(rewritten, estimator.rows(rel));
        return rewritten;
    }

    /// A place for the first aggregation.
    ///
    /// @param arguments one a part
    /// @param filters what FILTER says, one a part; null for none
    /// @param keys columns of the bottom to group by
    private record Candidate(
            JoinSpine spine,
            List<@Nullable PushedArgument> arguments,
            List<@Nullable RexNode> filters,
            ImmutableBitSet keys,
            double share,
            double cost) {}

    private @Nullable Candidate best(Aggregate aggregate) {
        AggregateParts parts = new AggregateParts(aggregate);
        List<Step> steps = new ArrayList<>();
        RelNode node = aggregate.getInput();
        Candidate best = null;
        while (JoinSpine.leadsThrough(node)) {
            int side = node instanceof Join join ? side(aggregate, parts, steps, join) : 0;
            if (side < 0) {
                break;
            }
            steps.add(new Step(node, side));
            RelNode below = node.getInput(side);
            if (node instanceof Join) {
                Candidate candidate = candidate(aggregate, parts, new JoinSpine(steps, below));
                if (candidate != null && (best == null || candidate.cost < best.cost)) {
                    best = candidate;
                }
            }
            node = below;
        }
        return best;
    }

    /// Returns the input of a join that has all that is aggregated, the larger if both do; -1 where
    /// there is none.
    private int side(Aggregate aggregate, AggregateParts parts, List<Step> steps, Join join) {
        int side = -1;
        for (int input = 0; input < (join.getJoinType() == JoinRelType.INNER ? 2 : 1); input++) {
            List<Step> down = new ArrayList<>(steps);
            down.add(new Step(join, input));
            JoinSpine spine = new JoinSpine(down, join.getInput(input));
            boolean larger =
                    side < 0
                            || estimator.rows(join.getInput(input))
                                    > estimator.rows(join.getInput(side));
            if (larger && arguments(aggregate, parts, spine) != null) {
                side = input;
            }
        }
        return side;
    }

    private static @Nullable List<@Nullable PushedArgument> arguments(
            Aggregate aggregate, AggregateParts parts, JoinSpine spine) {
        List<@Nullable PushedArgument> arguments = new ArrayList<>();
        for (Part part : parts.parts()) {
            List<Integer> columns = part.call().getArgList();
            if (part.call().filterArg >= 0
                    && !isPushed(spine.columns().get(part.call().filterArg), spine)) {
                return null;
            }
            if (columns.isEmpty()) {
                arguments.add(null);
                continue;
            }
            RexNode argument = spine.columns().get(columns.getFirst());
            SqlKind function = part.call().getAggregation().getKind();
            PushedArgument pushed = PushedArgument.of(argument, function, spine, aggregate);
            if (pushed == null || mayOverflow(part, pushed.value())) {
                return null;
            }
            arguments.add(pushed);
        }
        return arguments;
    }

    private static boolean isPushed(RexNode expression, JoinSpine spine) {
        return spine.isOfBottom(expression) && SafeExpressions.failsNever(expression);
    }

    /// Tells whether the sum of a part may be out of range where the sum of all is not.
    private static boolean mayOverflow(Part part, RexNode value) {
        return part.function().getKind() != SqlKind.COUNT
                && part.joining().getKind() != SqlKind.MIN
                && part.joining().getKind() != SqlKind.MAX
                && value.getType().getSqlTypeName() == SqlTypeName.BIGINT;
    }

    private @Nullable Candidate candidate(
            Aggregate aggregate, AggregateParts parts, JoinSpine spine) {
        List<@Nullable PushedArgument> arguments = arguments(aggregate, parts, spine);
        if (arguments == null) {
            return null;
        }
        List<@Nullable RexNode> filters = new ArrayList<>();
        List<RexNode> above = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            PushedArgument argument = arguments.get(i);
            if (argument != null && argument.guard() != null) {
                above.add(argument.guard());
            }
            int filter = parts.parts().get(i).call().filterArg;
            filters.add(filter < 0 ? null : spine.columns().get(filter));
        }
        for (int column : aggregate.getGroupSet()) {
            above.add(spine.columns().get(column));
        }
        ImmutableBitSet keys = spine.bottomColumns(above);
        double rows = estimator.rows(spine.bottom());
        double groups = estimator.of(spine.bottom()).groups(keys);
        if (keys.isEmpty() || groups * ROWS_PER_GROUP > rows) {
            return null;
        }
        double share = groups / rows;
        double joined =
                groupCost(aggregate.getInput(), aggregate.getGroupSet(), parts.parts().size());
        for (Join join : spine.joins()) {
            joined += estimator.rows(join) * JOIN_COST;
        }
        Set<RexNode> values = new HashSet<>();
        for (PushedArgument argument : arguments) {
            if (argument != null) {
                values.add(argument.value());
            }
        }
        double cost = groupCost(spine.bottom(), keys, values.size()) + joined * share;
        return cost <= joined * MOST_COST
                ? new Candidate(spine, arguments, filters, keys, share, cost)
                : null;
    }

    private double groupCost(RelNode input, ImmutableBitSet keys, int calls) {
        double row = 1 + calls * COLUMN_COST;
        for (int key : keys) {
            SqlTypeName type = Expressions.reference(input, key).getType().getSqlTypeName();
            row += SqlTypeName.CHAR_TYPES.contains(type) ? TEXT_KEY_COST : COLUMN_COST;
        }
        return estimator.rows(input) * row;
    }

    private RelNode rewritten(Aggregate aggregate, Candidate candidate) {
        AggregateParts parts = new AggregateParts(aggregate);
        JoinSpine spine = candidate.spine;
        RexBuilder rexBuilder = aggregate.getCluster().getRexBuilder();
        List<RexNode> inputs = new ArrayList<>();
        for (int key : candidate.keys) {
            inputs.add(Expressions.reference(spine.bottom(), key));
        }
        int keyCount = inputs.size();
        List<int[]> calls = new ArrayList<>();
        for (int i = 0; i < candidate.arguments.size(); i++) {
            PushedArgument argument = candidate.arguments.get(i);
            RexNode filter = candidate.filters.get(i);
            calls.add(
                    new int[] {
                        argument == null ? -1 : column(inputs, argument.value()),
                        filter == null ? -1 : column(inputs, filter)
                    });
        }
        RelNode projected = Expressions.project(spine.bottom(), inputs, List.of());
        List<AggregateCall> firstCalls = new ArrayList<>();
        List<Integer> results = new ArrayList<>();
        for (int i = 0; i < calls.size(); i++) {
            int argument = calls.get(i)[0];
            AggregateCall call =
                    AggregateParts.call(
                            parts.parts().get(i).function(),
                            argument < 0 ? List.of() : List.of(argument),
                            calls.get(i)[1],
                            projected,
                            false);
            if (!firstCalls.contains(call)) {
                firstCalls.add(call);
            }
            results.add(keyCount + firstCalls.indexOf(call));
        }
        RelNode first =
                LogicalAggregate.create(
                        projected, List.of(), ImmutableBitSet.range(keyCount), null, firstCalls);
        Rebuilt rebuilt = spine.over(first, candidate.keys, candidate.share, estimates);
        List<RexNode> columns = new ArrayList<>();
        for (int column : aggregate.getGroupSet()) {
            RexNode key = rebuilt.over(spine.columns().get(column));
            columns.add(Expressions.ensureType(aggregate.getInput(), column, key));
        }
        List<Integer> positions = new ArrayList<>();
        for (int i = 0; i < results.size(); i++) {
            RexNode result = Expressions.reference(rebuilt.rel(), results.get(i));
            PushedArgument argument = candidate.arguments.get(i);
            RexNode guard = argument == null ? null : argument.guard();
            RexNode value =
                    argument == null || guard == null
                            ? result
                            : argument.guarded(result, rebuilt.over(guard), rexBuilder);
            positions.add(column(columns, value));
        }
        return parts.joined(Expressions.project(rebuilt.rel(), columns, List.of()), positions);
    }

    /// Returns where an expression is among the columns, and adds it if it is not.
    private static int column(List<RexNode> columns, RexNode expression) {
        int known = columns.indexOf(expression);
        if (known >= 0) {
            return known;
        }
        columns.add(expression);
        return columns.size() - 1;
    }
}
