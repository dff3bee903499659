package io.neuralake.planner.rule.logical;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.rel.SingleRow;
import io.neuralake.planner.rel.SubQueryJoin;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rel.logical.LogicalSort;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.ImmutableBitSet;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Joins the sub-queries of one operator's expressions to its input. Each join adds columns behind
/// those of the input, so that references to it stay right. For one operator; mutable.
final class SubQueryAttachment {
    private final RexBuilder rexBuilder;
    private final Set<CorrelationId> ids;
    private final UnaryOperator<RelNode> remover;
    private final RelDataType row;
    private RelNode current;

    /// Starts with an operator's input.
    ///
    /// @param ids the correlation variables that stand for the input's rows
    /// @param remover removes sub-queries inside of sub-queries
    SubQueryAttachment(RelNode input, Set<CorrelationId> ids, UnaryOperator<RelNode> remover) {
        this.rexBuilder = input.getCluster().getRexBuilder();
        this.ids = Set.copyOf(ids);
        this.remover = remover;
        this.row = input.getRowType();
        this.current = input;
    }

    /// Returns the input with everything joined so far.
    RelNode current() {
        return current;
    }

    /// Replaces the sub-queries of an expression by columns.
    RexNode replace(RexNode expression) {
        return expression.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitSubQuery(RexSubQuery subQuery) {
                        return value(subQuery);
                    }
                });
    }

    /// Applies a condition that is EXISTS, IN or a negation of one as a semi or anti join; returns
    /// false, having done nothing, for other conditions.
    boolean filter(RexNode conjunct) {
        boolean negated = conjunct.getKind() == SqlKind.NOT;
        RexNode inner = negated ? ((RexCall) conjunct).getOperands().getFirst() : conjunct;
        if (!(inner instanceof RexSubQuery subQuery)) {
            return false;
        }
        if (subQuery.getKind() == SqlKind.EXISTS) {
            Pulled pulled = pull(existence(remover.apply(subQuery.rel)));
            join(pulled, List.of(), negated ? JoinRelType.ANTI : JoinRelType.SEMI);
            return true;
        }
        if (subQuery.getKind() == SqlKind.IN) {
            filterIn(subQuery, negated);
            return true;
        }
        return false;
    }

    private void filterIn(RexSubQuery subQuery, boolean negated) {
        List<RexNode> operands = operands(subQuery);
        RelNode rel = unsorted(remover.apply(subQuery.rel));
        Pulled pulled = pull(rel);
        if (!negated) {
            join(pulled, equalities(operands, pulled, false), JoinRelType.SEMI);
        } else if (isPlainNullAware(operands, pulled)) {
            current =
                    SubQueryJoin.create(
                            current,
                            pulled.rel(),
                            bound(equalities(operands, pulled, false).getFirst()),
                            JoinType.ANTI_NULL_AWARE);
        } else {
            join(pulled, equalities(operands, pulled, true), JoinRelType.ANTI);
        }
    }

    private List<RexNode> operands(RexSubQuery subQuery) {
        List<RexNode> result = new ArrayList<>();
        for (RexNode operand : subQuery.getOperands()) {
            result.add(replace(operand));
        }
        return result;
    }

    private boolean isPlainNullAware(List<RexNode> operands, Pulled pulled) {
        return operands.size() == 1
                && pulled.conditions().isEmpty()
                && (operands.getFirst().getType().isNullable()
                        || pulled.columns().getFirst().getType().isNullable());
    }

    /// Returns equalities of operands and the sub-query's columns, as unbound conditions.
    ///
    /// @param orUnknown whether an unknown equality counts as one that holds
    private List<RexNode> equalities(List<RexNode> operands, Pulled pulled, boolean orUnknown) {
        List<RexNode> result = new ArrayList<>();
        for (int i = 0; i < operands.size(); i++) {
            RexNode right = pulled.columns().get(i);
            RexNode equality =
                    rexBuilder.makeCall(SqlStdOperatorTable.EQUALS, outer(operands.get(i)), right);
            boolean nullable =
                    operands.get(i).getType().isNullable() || right.getType().isNullable();
            result.add(
                    orUnknown && nullable
                            ? rexBuilder.makeCall(SqlStdOperatorTable.IS_NOT_FALSE, equality)
                            : equality);
        }
        return result;
    }

    /// Marks the references of an expression over the outer row, in a condition in which plain
    /// references mean the sub-query.
    private static RexNode outer(RexNode expression) {
        return expression.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef reference) {
                        return new OuterReference(reference.getIndex(), reference.getType());
                    }
                });
    }

    /// A reference to a column of the outer row that binding leaves where it is.
    private static final class OuterReference extends RexInputRef {
        OuterReference(int index, RelDataType type) {
            super(index, type);
        }
    }

    private RexNode bound(RexNode condition) {
        int shift = current.getRowType().getFieldCount();
        List<RexNode> outer = Expressions.references(current, 0, row.getFieldCount());
        RexShuttle binder =
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef reference) {
                        return reference instanceof OuterReference
                                ? new RexInputRef(reference.getIndex(), reference.getType())
                                : new RexInputRef(
                                        reference.getIndex() + shift, reference.getType());
                    }

                    @Override
                    public RexNode visitFieldAccess(org.apache.calcite.rex.RexFieldAccess access) {
                        if (access.getReferenceExpr()
                                        instanceof org.apache.calcite.rex.RexCorrelVariable v
                                && ids.contains(v.id)) {
                            return outer.get(access.getField().getIndex());
                        }
                        return super.visitFieldAccess(access);
                    }
                };
        return condition.accept(binder);
    }

    private RexNode bound(Pulled pulled, List<RexNode> more) {
        List<RexNode> all = new ArrayList<>();
        pulled.conditions().forEach(condition -> all.add(bound(condition)));
        more.forEach(condition -> all.add(bound(condition)));
        return Expressions.conjunction(current, all);
    }

    private void join(Pulled pulled, List<RexNode> more, JoinRelType type) {
        RexNode condition = bound(pulled, more);
        boolean anyRow =
                condition.isAlwaysTrue() && (type == JoinRelType.SEMI || type == JoinRelType.ANTI);
        RelNode right = anyRow ? firstRow(pulled.rel()) : pulled.rel();
        current = LogicalJoin.create(current, right, List.of(), condition, Set.of(), type);
    }

    private RelNode firstRow(RelNode rel) {
        return LogicalSort.create(
                rel, RelCollations.EMPTY, null, rexBuilder.makeExactLiteral(BigDecimal.ONE));
    }

    /// Leaves out what does not matter to whether there is a row.
    private static RelNode existence(RelNode rel) {
        return switch (rel) {
            case Project project -> existence(project.getInput());
            case Sort sort
                    when sort.offset == null
                            && (sort.fetch == null
                                    || sort.fetch instanceof RexLiteral literal
                                            && RexLiteral.intValue(literal) > 0) ->
                    existence(sort.getInput());
            case Aggregate aggregate
                    when aggregate.getGroupCount() > 0
                            && aggregate.getGroupSets().stream()
                                    .noneMatch(ImmutableBitSet::isEmpty) ->
                    existence(aggregate.getInput());
            default -> rel;
        };
    }

    private static RelNode unsorted(RelNode rel) {
        return rel instanceof Sort sort && sort.fetch == null && sort.offset == null
                ? sort.getInput()
                : rel;
    }

    private Pulled pull(RelNode rel) {
        return new CorrelationPull(ids, rexBuilder).pull(rel).orElseGet(() -> general(rel));
    }

    private Pulled general(RelNode rel) {
        CorrelationId id =
                ids.stream()
                        .filter(i -> Expressions.isCorrelated(rel, Set.of(i)))
                        .findFirst()
                        .orElseThrow();
        return new DependentJoin(current, ids, rel).unnest(rel, id, row);
    }

    private RexNode value(RexSubQuery subQuery) {
        return switch (subQuery.getKind()) {
            case SCALAR_QUERY -> typed(subQuery, columns(remover.apply(subQuery.rel)).getFirst());
            case EXISTS -> typed(subQuery, exists(existence(remover.apply(subQuery.rel))));
            case IN -> typed(subQuery, in(subQuery));
            case SOME -> typed(subQuery, some(subQuery));
            case UNIQUE -> typed(subQuery, unique(remover.apply(subQuery.rel)));
            case ARRAY_QUERY_CONSTRUCTOR -> typed(subQuery, array(subQuery));
            default ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Sub-query not supported: " + subQuery.getOperator().getName());
        };
    }

    private RexNode typed(RexSubQuery subQuery, RexNode value) {
        return value.getType().equals(subQuery.getType())
                ? value
                : rexBuilder.makeAbstractCast(subQuery.getType(), value, false);
    }

    /// Joins the one row of a scalar sub-query; returns its columns.
    private List<RexNode> columns(RelNode rel) {
        RelNode sorted = unsorted(rel);
        if (!Expressions.isCorrelated(sorted, ids)) {
            RelNode single = ScalarAggregate.hasOneRow(sorted) ? sorted : SingleRow.create(sorted);
            return append(single, rexBuilder.makeLiteral(true), JoinRelType.INNER);
        }
        return ScalarAggregate.of(sorted)
                .flatMap(scalar -> scalar.keyed(ids, rexBuilder))
                .map(this::attach)
                .orElseGet(() -> anyColumns(sorted));
    }

    /// Joins a correlated sub-query of any form. One that has one row whatever the outer row may
    /// compute on the outer row.
    private List<RexNode> anyColumns(RelNode rel) {
        Pulled pulled = pull(rel);
        if (pulled.columns().stream().noneMatch(c -> Expressions.isCorrelated(c, ids))) {
            return single(pulled);
        }
        if (!pulled.conditions().isEmpty() || !ScalarAggregate.hasOneRow(pulled.rel())) {
            return single(general(rel));
        }
        List<RexNode> joined =
                append(pulled.rel(), rexBuilder.makeLiteral(true), JoinRelType.INNER);
        List<RexNode> outer = Expressions.references(current, 0, row.getFieldCount());
        List<RexNode> result = new ArrayList<>();
        for (RexNode column : Expressions.substitute(pulled.columns(), joined)) {
            result.add(Expressions.bind(column, ids, outer, 0));
        }
        return result;
    }

    private List<RexNode> attach(ScalarAggregate.Keyed keyed) {
        List<RexNode> conditions = new ArrayList<>();
        keyed.conditions().forEach(condition -> conditions.add(bound(condition)));
        List<RexNode> added =
                append(keyed.rel(), Expressions.conjunction(current, conditions), JoinRelType.LEFT);
        List<RexNode> outer = Expressions.references(current, 0, row.getFieldCount());
        List<RexNode> result = new ArrayList<>();
        for (RexNode column : keyed.columns(added)) {
            result.add(Expressions.bind(column, ids, outer, 0));
        }
        return result;
    }

    private List<RexNode> single(Pulled pulled) {
        Pulled plain = materialized(pulled);
        int width = current.getRowType().getFieldCount();
        current =
                SubQueryJoin.create(current, plain.rel(), bound(plain, List.of()), JoinType.SINGLE);
        List<RexNode> result = new ArrayList<>();
        for (RexNode column : plain.columns()) {
            result.add(Expressions.reference(current, width + ((RexInputRef) column).getIndex()));
        }
        return result;
    }

    /// Makes the sub-query's columns plain columns of its relation.
    private Pulled materialized(Pulled pulled) {
        if (pulled.columns().stream().allMatch(RexInputRef.class::isInstance)) {
            return pulled;
        }
        RelNode rel = pulled.rel();
        int width = rel.getRowType().getFieldCount();
        List<RexNode> columns = new ArrayList<>(Expressions.references(rel));
        columns.addAll(pulled.columns());
        RelNode projected = Expressions.project(rel, columns, rel.getRowType().getFieldNames());
        return new Pulled(
                projected,
                pulled.conditions(),
                Expressions.references(projected, width, columns.size()));
    }

    private List<RexNode> append(RelNode right, RexNode condition, JoinRelType type) {
        int width = current.getRowType().getFieldCount();
        current = LogicalJoin.create(current, right, List.of(), condition, Set.of(), type);
        return Expressions.references(current, width, current.getRowType().getFieldCount());
    }

    private RexNode mark(RelNode right, RexNode condition, JoinType type) {
        int width = current.getRowType().getFieldCount();
        current = SubQueryJoin.create(current, right, condition, type);
        return Expressions.reference(current, width);
    }

    private RexNode exists(RelNode rel) {
        Pulled pulled = pull(rel);
        if (!pulled.conditions().isEmpty()) {
            return mark(pulled.rel(), bound(pulled, List.of()), JoinType.MARK);
        }
        RelNode counted =
                AggregateCalls.aggregate(
                        firstRow(pulled.rel()), List.of(AggregateCalls.countStar()));
        RexNode count = append(counted, rexBuilder.makeLiteral(true), JoinRelType.INNER).getFirst();
        return rexBuilder.makeCall(
                SqlStdOperatorTable.GREATER_THAN,
                count,
                rexBuilder.makeZeroLiteral(count.getType()));
    }

    private RexNode in(RexSubQuery subQuery) {
        List<RexNode> operands = operands(subQuery);
        Pulled pulled = pull(unsorted(remover.apply(subQuery.rel)));
        List<RexNode> equal = equalities(operands, pulled, false);
        List<RexNode> possible = equalities(operands, pulled, true);
        if (equal.equals(possible)) {
            return mark(pulled.rel(), bound(pulled, equal), JoinType.MARK);
        }
        if (isPlainNullAware(operands, pulled)) {
            return mark(pulled.rel(), bound(equal.getFirst()), JoinType.MARK_NULL_AWARE);
        }
        RexNode sure = mark(pulled.rel(), bound(pulled, equal), JoinType.MARK);
        RexNode unsure = mark(pulled.rel(), bound(pulled, possible), JoinType.MARK);
        return threeValued(rexBuilder, sure, unsure);
    }

    /// Returns TRUE where sure, else NULL where possible, else FALSE.
    static RexNode threeValued(RexBuilder rexBuilder, RexNode sure, RexNode possible) {
        RexNode yes = rexBuilder.makeLiteral(true);
        return rexBuilder.makeCall(
                SqlStdOperatorTable.CASE,
                sure,
                yes,
                possible,
                rexBuilder.makeNullLiteral(yes.getType()),
                rexBuilder.makeLiteral(false));
    }

    /// Moves references from `at` on by `gap`.
    static RexNode spaced(RexNode condition, int at, int gap) {
        return condition.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef reference) {
                        return reference.getIndex() < at
                                ? reference
                                : new RexInputRef(reference.getIndex() + gap, reference.getType());
                    }
                });
    }

    /// Computes `x op SOME (query)` from the number of rows and of values that are not null, the
    /// smallest and the greatest value.
    private RexNode some(RexSubQuery subQuery) {
        List<RexNode> operands = operands(subQuery);
        if (operands.size() != 1) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "Quantified comparison not supported: of rows");
        }
        RexNode operand = operands.getFirst();
        SqlKind comparison = ((SqlQuantifyOperator) subQuery.getOperator()).comparisonKind;
        RelNode rel = unsorted(remover.apply(subQuery.rel));
        List<RexNode> facts =
                columns(
                        AggregateCalls.aggregate(
                                rel,
                                List.of(
                                        AggregateCalls.countStar(),
                                        AggregateCalls.count(0),
                                        AggregateCalls.minimum(0),
                                        AggregateCalls.maximum(0))));
        RexNode zero = rexBuilder.makeZeroLiteral(facts.getFirst().getType());
        RexNode holds = holds(comparison, operand, facts.get(2), facts.get(3));
        RexNode unknown = rexBuilder.makeNullLiteral(holds.getType());
        return rexBuilder.makeCall(
                SqlStdOperatorTable.CASE,
                rexBuilder.makeCall(SqlStdOperatorTable.EQUALS, facts.get(0), zero),
                rexBuilder.makeLiteral(false),
                rexBuilder.makeCall(SqlStdOperatorTable.IS_TRUE, holds),
                rexBuilder.makeLiteral(true),
                rexBuilder.makeCall(SqlStdOperatorTable.GREATER_THAN, facts.get(0), facts.get(1)),
                unknown,
                holds);
    }

    private RexNode holds(SqlKind comparison, RexNode operand, RexNode least, RexNode greatest) {
        return switch (comparison) {
            case GREATER_THAN ->
                    rexBuilder.makeCall(SqlStdOperatorTable.GREATER_THAN, operand, least);
            case GREATER_THAN_OR_EQUAL ->
                    rexBuilder.makeCall(SqlStdOperatorTable.GREATER_THAN_OR_EQUAL, operand, least);
            case LESS_THAN -> rexBuilder.makeCall(SqlStdOperatorTable.LESS_THAN, operand, greatest);
            case LESS_THAN_OR_EQUAL ->
                    rexBuilder.makeCall(SqlStdOperatorTable.LESS_THAN_OR_EQUAL, operand, greatest);
            case NOT_EQUALS ->
                    rexBuilder.makeCall(
                            SqlStdOperatorTable.OR,
                            rexBuilder.makeCall(SqlStdOperatorTable.NOT_EQUALS, operand, least),
                            rexBuilder.makeCall(SqlStdOperatorTable.NOT_EQUALS, operand, greatest));
            default ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Quantified comparison not supported: " + comparison.sql);
        };
    }

    /// UNIQUE: no two rows are equal in all columns, none of which is null.
    private RexNode unique(RelNode rel) {
        List<RexNode> present = new ArrayList<>();
        for (RexNode column : Expressions.references(rel)) {
            present.add(rexBuilder.makeCall(SqlStdOperatorTable.IS_NOT_NULL, column));
        }
        RelNode grouped =
                LogicalAggregate.create(
                        Expressions.filter(rel, present),
                        List.of(),
                        ImmutableBitSet.range(rel.getRowType().getFieldCount()),
                        null,
                        List.of(AggregateCalls.countStar().on(rel, 1)));
        RexNode count = Expressions.reference(grouped, rel.getRowType().getFieldCount());
        RexNode repeated =
                rexBuilder.makeCall(
                        SqlStdOperatorTable.GREATER_THAN,
                        count,
                        rexBuilder.makeExactLiteral(BigDecimal.ONE, count.getType()));
        return rexBuilder.makeCall(
                SqlStdOperatorTable.NOT, exists(Expressions.filter(grouped, List.of(repeated))));
    }

    private RexNode array(RexSubQuery subQuery) {
        RelNode rel = remover.apply(subQuery.rel);
        RelNode collected =
                AggregateCalls.aggregate(unsorted(rel), List.of(AggregateCalls.arrayOf(rel, 0)));
        RexNode value = columns(collected).getFirst();
        RelDataType type = subQuery.getType();
        RexNode empty =
                rexBuilder.makeCall(
                        rexBuilder.getTypeFactory().createTypeWithNullability(type, false),
                        SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR,
                        List.of());
        return rexBuilder.makeCall(SqlStdOperatorTable.COALESCE, value, empty);
    }

    /// Returns the input's columns only, dropping those that joins added.
    static RelNode narrow(RelNode rel, RelNode like) {
        int width = like.getRowType().getFieldCount();
        return rel.getRowType().getFieldCount() == width
                ? rel
                : Expressions.project(rel, Expressions.references(rel, 0, width), like);
    }

    /// Tells whether the expression has a sub-query.
    static boolean hasSubQuery(RexNode expression) {
        return RexUtil.SubQueryFinder.find(expression) != null;
    }
}
