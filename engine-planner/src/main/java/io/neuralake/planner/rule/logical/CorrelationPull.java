package io.neuralake.planner.rule.logical;

import io.neuralake.planner.rel.SubQueryJoin;
import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Pulls correlated conditions out of a sub-query where the operators above them allow it, so that
/// they become conditions of a join. Gives up, with an empty result, where [DependentJoin] is needed.
final class CorrelationPull {
    private final Set<CorrelationId> ids;
    private final RexBuilder rexBuilder;

    CorrelationPull(Set<CorrelationId> ids, RexBuilder rexBuilder) {
        this.ids = Set.copyOf(ids);
        this.rexBuilder = rexBuilder;
    }

    /// An equality of an expression over the sub-query with one over the outer row.
    record Key(RexNode inner, RexNode outer) {}

    Optional<Pulled> pull(RelNode rel) {
        if (!Expressions.isCorrelated(rel, ids)) {
            return Optional.of(new Pulled(rel, List.of(), Expressions.references(rel)));
        }
        return switch (rel) {
            case Filter filter -> pullFilter(filter);
            case Project project when !project.containsOver() ->
                    pull(project.getInput()).map(p -> project(p, project));
            case Join join when join.getJoinType() == JoinRelType.INNER -> pullInner(join);
            case Join join
                    when join.getJoinType() == JoinRelType.SEMI
                            || join.getJoinType() == JoinRelType.ANTI
                            || join.getJoinType() == JoinRelType.LEFT ->
                    pullLeft(join);
            case SubQueryJoin join -> pullLeft(join);
            case Aggregate aggregate -> pullAggregate(aggregate);
            case Sort sort -> pullSort(sort);
            default -> Optional.empty();
        };
    }

    private Optional<Pulled> pullFilter(Filter filter) {
        return pull(filter.getInput())
                .map(
                        p -> {
                            Split split = split(filter.getCondition(), p.columns());
                            return new Pulled(
                                    Expressions.filter(p.rel(), split.plain),
                                    concat(p.conditions(), split.correlated),
                                    p.columns());
                        });
    }

    private static Pulled project(Pulled p, Project project) {
        return new Pulled(
                p.rel(),
                p.conditions(),
                Expressions.substitute(project.getProjects(), p.columns()));
    }

    private record Split(List<RexNode> plain, List<RexNode> correlated) {}

    private Split split(RexNode condition, List<RexNode> columns) {
        List<RexNode> plain = new ArrayList<>();
        List<RexNode> correlated = new ArrayList<>();
        for (RexNode conjunct : RelOptUtil.conjunctions(condition)) {
            RexNode bound = Expressions.substitute(conjunct, columns);
            (Expressions.isCorrelated(bound, ids) ? correlated : plain).add(bound);
        }
        return new Split(plain, correlated);
    }

    private Optional<Pulled> pullInner(Join join) {
        Optional<Pulled> left = pull(join.getLeft());
        Optional<Pulled> right = left.isEmpty() ? left : pull(join.getRight());
        return right.map(r -> inner(join, left.get(), r));
    }

    private Pulled inner(Join join, Pulled left, Pulled right) {
        int width = left.rel().getRowType().getFieldCount();
        List<RexNode> columns = concat(left.columns(), shift(right.columns(), width));
        Split split = split(join.getCondition(), columns);
        RelNode rel =
                LogicalJoin.create(
                        left.rel(),
                        right.rel(),
                        List.of(),
                        Expressions.conjunction(join, split.plain),
                        Set.of(),
                        JoinRelType.INNER);
        List<RexNode> conditions = new ArrayList<>(left.conditions());
        conditions.addAll(shift(right.conditions(), width));
        conditions.addAll(split.correlated);
        return new Pulled(rel, conditions, columns);
    }

    private static List<RexNode> shift(List<RexNode> expressions, int by) {
        List<RexNode> result = new ArrayList<>(expressions.size());
        for (RexNode expression : expressions) {
            result.add(RexUtil.shift(expression, by));
        }
        return result;
    }

    /// Pulls through the left side of a join that keeps or drops left rows by the right side.
    private Optional<Pulled> pullLeft(Join join) {
        if (Expressions.isCorrelated(join.getRight(), ids)) {
            return Optional.empty();
        }
        return pull(join.getLeft())
                .flatMap(
                        p -> {
                            RelNode right = join.getRight();
                            List<RexNode> columns = overJoin(p, right);
                            RexNode condition =
                                    Expressions.substitute(join.getCondition(), columns);
                            if (Expressions.isCorrelated(condition, ids)) {
                                return Optional.empty();
                            }
                            RelNode rel =
                                    LogicalJoin.create(
                                            p.rel(),
                                            right,
                                            List.of(),
                                            condition,
                                            Set.of(),
                                            join.getJoinType());
                            return Optional.of(new Pulled(rel, p.conditions(), outputs(p, rel)));
                        });
    }

    private Optional<Pulled> pullLeft(SubQueryJoin join) {
        if (Expressions.isCorrelated(join.getRight(), ids)) {
            return Optional.empty();
        }
        return pull(join.getLeft())
                .flatMap(
                        p -> {
                            RelNode right = join.getRight();
                            List<RexNode> columns = overJoin(p, right);
                            RexNode condition = Expressions.substitute(join.condition(), columns);
                            if (Expressions.isCorrelated(condition, ids)) {
                                return Optional.empty();
                            }
                            RelNode rel =
                                    SubQueryJoin.create(p.rel(), right, condition, join.type());
                            return Optional.of(new Pulled(rel, p.conditions(), outputs(p, rel)));
                        });
    }

    /// Returns what the columns of a join's condition are over the pulled left side.
    private static List<RexNode> overJoin(Pulled left, RelNode right) {
        int width = left.rel().getRowType().getFieldCount();
        List<RexNode> columns = new ArrayList<>(left.columns());
        columns.addAll(shift(Expressions.references(right), width));
        return columns;
    }

    /// Returns the columns of a join over a pulled left side: its columns, then what the join adds.
    private static List<RexNode> outputs(Pulled left, RelNode join) {
        int width = left.rel().getRowType().getFieldCount();
        List<RexNode> columns = new ArrayList<>(left.columns());
        columns.addAll(Expressions.references(join, width, join.getRowType().getFieldCount()));
        return columns;
    }

    /// Groups by the correlated keys too. Not for an aggregate without keys, which has a row for no
    /// input.
    private Optional<Pulled> pullAggregate(Aggregate aggregate) {
        if (aggregate.getGroupCount() == 0
                || aggregate.getGroupSets().size() != 1
                || aggregate.getGroupSet().cardinality()
                        != aggregate.getGroupSets().getFirst().cardinality()) {
            return Optional.empty();
        }
        return pull(aggregate.getInput())
                .flatMap(p -> keys(p).flatMap(keys -> keyed(aggregate, p, keys)))
                .map(
                        keyed ->
                                new Pulled(
                                        keyed.rel,
                                        keyed.conditions,
                                        Expressions.references(
                                                keyed.rel, 0, aggregateWidth(aggregate))));
    }

    private static int aggregateWidth(Aggregate aggregate) {
        return aggregate.getRowType().getFieldCount();
    }

    /// An aggregate grouped by correlated keys besides its own.
    ///
    /// @param rel own keys, then results, then correlated keys
    record Keyed(RelNode rel, List<RexNode> conditions) {}

    /// Groups an aggregate over a pulled input by the keys in addition; empty if a column of the
    /// input is itself correlated.
    Optional<Keyed> keyed(Aggregate aggregate, Pulled input, List<Key> keys) {
        for (RexNode column : input.columns()) {
            if (Expressions.isCorrelated(column, ids)) {
                return Optional.empty();
            }
        }
        int width = input.columns().size();
        List<RexNode> columns = new ArrayList<>(input.columns());
        keys.forEach(key -> columns.add(key.inner));
        RelNode projected =
                Expressions.project(
                        input.rel(), columns, aggregate.getInput().getRowType().getFieldNames());
        ImmutableBitSet groups =
                aggregate.getGroupSet().union(ImmutableBitSet.range(width, width + keys.size()));
        List<AggregateCall> calls = new ArrayList<>();
        for (AggregateCall call : aggregate.getAggCallList()) {
            calls.add(regrouped(call, projected, groups.cardinality()));
        }
        RelNode grouped = LogicalAggregate.create(projected, List.of(), groups, null, calls);
        return Optional.of(arrange(aggregate, grouped, keys));
    }

    private Keyed arrange(Aggregate aggregate, RelNode grouped, List<Key> keys) {
        int own = aggregate.getGroupCount();
        int width = grouped.getRowType().getFieldCount();
        List<RexNode> order = new ArrayList<>(Expressions.references(grouped, 0, own));
        order.addAll(Expressions.references(grouped, own + keys.size(), width));
        order.addAll(Expressions.references(grouped, own, own + keys.size()));
        RelNode rel = Expressions.project(grouped, order, aggregate.getRowType().getFieldNames());
        List<RexNode> conditions = new ArrayList<>();
        int first = width - keys.size();
        for (int i = 0; i < keys.size(); i++) {
            conditions.add(
                    rexBuilder.makeCall(
                            org.apache.calcite.sql.fun.SqlStdOperatorTable.EQUALS,
                            Expressions.reference(rel, first + i),
                            keys.get(i).outer));
        }
        return new Keyed(rel, conditions);
    }

    /// Types an aggregate call anew for an input that has the same columns first.
    static AggregateCall regrouped(AggregateCall call, RelNode input, int groupCount) {
        return AggregateCall.create(
                call.getParserPosition(),
                call.getAggregation(),
                call.isDistinct(),
                call.isApproximate(),
                call.ignoreNulls(),
                call.rexList,
                call.getArgList(),
                call.filterArg,
                call.distinctKeys,
                call.collation,
                groupCount == 0,
                input,
                null,
                call.getName());
    }

    /// Returns the conditions as keys; empty unless all are equalities of inner and outer
    /// expressions.
    Optional<List<Key>> keys(Pulled pulled) {
        List<Key> keys = new ArrayList<>();
        for (RexNode condition : pulled.conditions()) {
            if (!(condition instanceof RexCall call) || condition.getKind() != SqlKind.EQUALS) {
                return Optional.empty();
            }
            RexNode left = call.getOperands().get(0);
            RexNode right = call.getOperands().get(1);
            if (isInner(left) && isOuter(right)) {
                keys.add(new Key(left, right));
            } else if (isInner(right) && isOuter(left)) {
                keys.add(new Key(right, left));
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(keys);
    }

    private boolean isInner(RexNode expression) {
        return !Expressions.isCorrelated(expression, ids)
                && !Expressions.columns(expression).isEmpty();
    }

    private static boolean isOuter(RexNode expression) {
        return Expressions.columns(expression).isEmpty();
    }

    private Optional<Pulled> pullSort(Sort sort) {
        Optional<Pulled> input = pull(sort.getInput());
        if (sort.fetch == null && sort.offset == null) {
            return input;
        }
        return input.flatMap(
                p ->
                        keys(p).filter(keys -> !anyCorrelated(p.columns()))
                                .map(
                                        keys ->
                                                new Pulled(
                                                        new PartitionLimit(rexBuilder)
                                                                .apply(
                                                                        p.rel(),
                                                                        sort,
                                                                        keys.stream()
                                                                                .map(Key::inner)
                                                                                .toList(),
                                                                        p.columns()),
                                                        p.conditions(),
                                                        p.columns())));
    }

    private boolean anyCorrelated(List<RexNode> expressions) {
        return expressions.stream().anyMatch(e -> Expressions.isCorrelated(e, ids));
    }

    private static List<RexNode> concat(List<RexNode> first, List<RexNode> second) {
        List<RexNode> result = new ArrayList<>(first);
        result.addAll(second);
        return result;
    }
}
