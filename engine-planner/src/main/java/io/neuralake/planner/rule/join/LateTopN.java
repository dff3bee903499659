package io.neuralake.planner.rule.join;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.AggregateParts;
import io.neuralake.planner.rule.AggregateParts.Part;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.planner.rule.SafeExpressions;

import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelFieldCollation;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rel.logical.LogicalUnion;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.ImmutableBitSet;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A top-N of groups before the join with the late relations, which are only asked for columns of the
/// groups that are left.
///
/// The early relations are grouped by their own keys and by the columns that connect; of the late ones
/// is counted how many rows they have for each value of these. Where that is one, the group is final,
/// whatever its other columns are: of these the top-N is taken. Where it is more, rows of the late
/// relations may make several groups of one, or one group larger; they are all kept, and are none as a
/// rule. What is left joins the late relations and is aggregated once more.
final class LateTopN {
    private final JoinGraph graph;
    private final LateSplit split;
    private final GroupedJoin join;
    private final Aggregate aggregate;
    private final AggregateParts parts;
    private final List<RexNode> columns;
    private final CardinalityEstimator estimator;
    private final UnaryOperator<RelNode> order;
    private final RexBuilder rexBuilder;

    /// What is grouped early: first the columns that connect, then keys, then arguments.
    private final List<RexNode> inputs = new ArrayList<>();

    /// Where early keys are among the inputs.
    private final Map<RexNode, Integer> keys = new HashMap<>();

    /// Where each part is among the columns of the early groups.
    private final List<Integer> results = new ArrayList<>();

    /// Prepares the rewriting.
    ///
    /// @param order orders the joins of a part
    LateTopN(
            GroupedJoin join,
            LateSplit split,
            CardinalityEstimator estimator,
            UnaryOperator<RelNode> order) {
        this.join = join;
        this.graph = join.graph();
        this.split = split;
        this.aggregate = join.aggregate();
        this.parts = new AggregateParts(aggregate);
        this.columns = join.columns();
        this.estimator = estimator;
        this.order = order;
        this.rexBuilder = aggregate.getCluster().getRexBuilder();
    }

    /// Tells whether aggregates, order and early groups can be computed before the late relations are
    /// joined, which drops rows: none of them may fail for these.
    ///
    /// @param ordered what is ordered by, over the aggregation's columns
    boolean isPossible(List<RexNode> ordered) {
        return parts.parts().stream().allMatch(this::isEarly)
                && join.groups().stream()
                        .allMatch(g -> !isOfEarly(g) || SafeExpressions.failsNever(g))
                && join.groups(ordered).stream()
                        .allMatch(g -> split.link(graph, g) >= 0 || isOfEarly(g));
    }

    private boolean isEarly(Part part) {
        AggregateCall call = part.call();
        boolean overflows =
                part.joining().getKind() == SqlKind.SUM
                        && columns.get(call.getArgList().getFirst()).getType().getSqlTypeName()
                                == SqlTypeName.BIGINT;
        return !overflows
                && call.getArgList().stream()
                        .allMatch(argument -> SafeExpressions.failsNever(columns.get(argument)))
                && (call.filterArg < 0 || SafeExpressions.failsNever(columns.get(call.filterArg)));
    }

    /// Makes a relation in the place of the aggregation, which has at least its first rows.
    ///
    /// @param ordered what is ordered by, over the aggregation's columns
    RelNode build(Sort sort, List<RexNode> ordered) {
        RelNode groups = groups();
        RelNode matched = matched(groups);
        RelNode kept = kept(sort, values(matched, ordered), groups, matched);
        return fetched(kept);
    }

    /// Groups the early relations.
    private RelNode groups() {
        FactorJoin early =
                FactorJoin.of(graph, split.early(), ImmutableBitSet.range(graph.columns()), order);
        for (LateSplit.Link link : split.links()) {
            inputs.add(early.column(link.early()));
        }
        for (int column : aggregate.getGroupSet()) {
            RexNode group = columns.get(column);
            if (isOfEarly(group)) {
                keys.put(group, place(early.over(group)));
            }
        }
        int keyCount = inputs.size();
        List<int[]> arguments = new ArrayList<>();
        for (Part part : parts.parts()) {
            List<Integer> read = part.call().getArgList();
            int filter = part.call().filterArg;
            arguments.add(
                    new int[] {
                        read.isEmpty() ? -1 : place(early.over(columns.get(read.getFirst()))),
                        filter < 0 ? -1 : place(early.over(columns.get(filter)))
                    });
        }
        RelNode projected = Expressions.project(early.rel(), inputs, List.of());
        List<AggregateCall> calls = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            int argument = arguments.get(i)[0];
            AggregateCall call =
                    AggregateParts.call(
                            parts.parts().get(i).function(),
                            argument < 0 ? List.of() : List.of(argument),
                            arguments.get(i)[1],
                            projected,
                            false);
            if (!calls.contains(call)) {
                calls.add(call);
            }
            results.add(keyCount + calls.indexOf(call));
        }
        return grouped(projected, keyCount, calls);
    }

    private boolean isOfEarly(RexNode expression) {
        return (graph.factorsOf(expression) & split.late()) == 0;
    }

    /// Returns where an input is, and adds it if it is not there.
    private int place(RexNode input) {
        int known = inputs.indexOf(input);
        if (known < 0) {
            inputs.add(input);
        }
        return known < 0 ? inputs.size() - 1 : known;
    }

    private static RelNode grouped(RelNode input, int keys, List<AggregateCall> calls) {
        return LogicalAggregate.create(input, List.of(), ImmutableBitSet.range(keys), null, calls);
    }

    /// Joins the groups with the numbers of late rows, which come last.
    private RelNode matched(RelNode groups) {
        ImmutableBitSet.Builder read = ImmutableBitSet.builder();
        split.links().forEach(link -> read.set(link.late()));
        graph.classes().forEach(equal -> equal.forEach(read::set));
        graph.conditions().forEach(c -> read.addAll(Expressions.columns(c.expression())));
        FactorJoin late = FactorJoin.of(graph, split.late(), read.build(), order);
        List<RexNode> links = new ArrayList<>();
        split.links().forEach(link -> links.add(late.column(link.late())));
        RelNode projected = Expressions.project(late.rel(), links, List.of());
        AggregateCall count =
                AggregateParts.call(SqlStdOperatorTable.COUNT, List.of(), -1, projected, false);
        RelNode counted = grouped(projected, links.size(), List.of(count));
        List<RexNode> positions = Expressions.references(counted).subList(0, links.size());
        RelNode matched = join(groups, counted, Expressions.references(groups), positions);
        estimator.setRows(matched, estimator.rows(groups));
        return matched;
    }

    /// Joins by the columns that connect, which come first in `left`.
    private RelNode join(
            RelNode left, RelNode right, List<RexNode> leftKeys, List<RexNode> rightKeys) {
        int width = left.getRowType().getFieldCount();
        List<RexNode> conjuncts = new ArrayList<>();
        for (int i = 0; i < split.links().size(); i++) {
            conjuncts.add(
                    rexBuilder.makeCall(
                            SqlStdOperatorTable.EQUALS,
                            leftKeys.get(i),
                            org.apache.calcite.rex.RexUtil.shift(rightKeys.get(i), width)));
        }
        return LogicalJoin.create(
                left,
                right,
                List.of(),
                Expressions.conjunction(left, conjuncts),
                Set.of(),
                JoinRelType.INNER);
    }

    /// Returns the first of the groups that are final, and all others.
    private RelNode kept(Sort sort, List<RexNode> by, RelNode groups, RelNode matched) {
        List<RexNode> own = Expressions.references(matched, 0, groups.getRowType().getFieldCount());
        RelNode single = counted(matched, SqlStdOperatorTable.EQUALS);
        RelNode several = counted(matched, SqlStdOperatorTable.GREATER_THAN);
        estimator.setRows(single, estimator.rows(matched));
        estimator.setRows(several, 1);
        List<RexNode> ordered = new ArrayList<>(own);
        List<RelFieldCollation> collations = new ArrayList<>();
        for (int i = 0; i < by.size(); i++) {
            RexNode key = by.get(i);
            int known = ordered.indexOf(Expressions.stripNullability(key));
            if (known < 0) {
                ordered.add(key);
            }
            collations.add(
                    sort.getCollation()
                            .getFieldCollations()
                            .get(i)
                            .withFieldIndex(known < 0 ? ordered.size() - 1 : known));
        }
        RelNode first =
                LogicalSort.create(
                        Expressions.project(single, ordered, List.of()),
                        RelCollations.of(collations),
                        null,
                        rexBuilder.makeExactLiteral(limit(sort)));
        return LogicalUnion.create(
                List.of(
                        Expressions.project(
                                first, Expressions.references(first, 0, own.size()), List.of()),
                        Expressions.project(several, own, List.of())),
                true);
    }

    private static BigDecimal limit(Sort sort) {
        BigDecimal fetch = new BigDecimal(RexLiteral.numberValue(sort.fetch).toString());
        return sort.offset == null
                ? fetch
                : fetch.add(new BigDecimal(RexLiteral.numberValue(sort.offset).toString()));
    }

    private RelNode counted(RelNode matched, SqlOperator comparison) {
        int count = matched.getRowType().getFieldCount() - 1;
        RexNode column = Expressions.reference(matched, count);
        RexNode one = rexBuilder.makeExactLiteral(BigDecimal.ONE, column.getType());
        return Expressions.filter(matched, List.of(rexBuilder.makeCall(comparison, column, one)));
    }

    /// Puts expressions over the columns of the aggregation, none of them late, over final groups.
    private List<RexNode> values(RelNode matched, List<RexNode> expressions) {
        List<RexNode> values = new ArrayList<>();
        for (RexNode group : join.groups()) {
            int key =
                    split.link(graph, group) >= 0
                            ? split.link(graph, group)
                            : keys.getOrDefault(group, -1);
            values.add(
                    key < 0
                            ? rexBuilder.makeNullLiteral(group.getType())
                            : Expressions.ensureType(
                                    aggregate, values.size(), Expressions.reference(matched, key)));
        }
        List<RexNode> found = new ArrayList<>();
        results.forEach(result -> found.add(Expressions.reference(matched, result)));
        values.addAll(parts.values(found));
        return Expressions.substitute(expressions, values);
    }

    /// Fetches the late columns and joins the parts of groups.
    private RelNode fetched(RelNode kept) {
        FactorJoin late =
                FactorJoin.of(graph, split.late(), ImmutableBitSet.range(graph.columns()), order);
        List<RexNode> links = new ArrayList<>();
        split.links().forEach(link -> links.add(late.column(link.late())));
        RelNode joined = join(late.rel(), kept, links, Expressions.references(kept));
        estimator.setRows(joined, estimator.rows(kept));
        int width = late.rel().getRowType().getFieldCount();
        List<RexNode> above = new ArrayList<>();
        for (int column : aggregate.getGroupSet()) {
            RexNode group = columns.get(column);
            Integer early = keys.get(group);
            RexNode key =
                    early != null
                            ? Expressions.reference(joined, width + early)
                            : new FactorJoin(joined, late.positions()).over(group);
            above.add(Expressions.ensureType(aggregate.getInput(), column, key));
        }
        List<Integer> positions = new ArrayList<>();
        for (int result : results) {
            positions.add(above.size());
            above.add(Expressions.reference(joined, width + result));
        }
        return parts.joined(Expressions.project(joined, above, List.of()), positions);
    }
}
