package io.neuralake.planner.rule.logical;

import com.google.common.collect.ImmutableList;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.rel.LateralUnnest;
import io.neuralake.planner.rel.SingleRow;
import io.neuralake.planner.rel.SubQueryJoin;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.JoinRelType;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Sort;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.logical.LogicalJoin;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// Unnests any correlated sub-query: it is evaluated for the distinct values ("domain") of the outer
/// columns that it reads, which travel along as its first columns, and is joined with the outer rows
/// by them. After Neumann and Kemper, "Unnesting Arbitrary Queries" (BTW 2015).
final class DependentJoin {
    private final Set<CorrelationId> ids;
    private final RexBuilder rexBuilder;
    private final List<Integer> fields;
    private final RelNode domain;
    private final int width;

    /// Prepares the domain.
    ///
    /// @param outer the relation whose rows the sub-query sees, perhaps with further columns behind
    DependentJoin(RelNode outer, Set<CorrelationId> ids, RelNode subQuery) {
        this.ids = Set.copyOf(ids);
        this.rexBuilder = outer.getCluster().getRexBuilder();
        this.fields = List.copyOf(correlatedFields(subQuery));
        List<RexNode> columns = new ArrayList<>();
        for (int field : fields) {
            columns.add(Expressions.reference(outer, field));
        }
        RelNode projected = Expressions.project(outer, columns, List.of());
        this.width = fields.size();
        this.domain =
                LogicalAggregate.create(
                        projected, List.of(), ImmutableBitSet.range(width), null, List.of());
    }

    /// Unnests the sub-query. Its conditions equate the domain with the outer row.
    Pulled unnest(RelNode subQuery, CorrelationId id, org.apache.calcite.rel.type.RelDataType row) {
        RelNode rel = visit(subQuery);
        RexNode variable = rexBuilder.makeCorrel(row, id);
        List<RexNode> conditions = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            RexNode outer = rexBuilder.makeFieldAccess(variable, fields.get(i));
            conditions.add(equal(Expressions.reference(rel, i), outer));
        }
        return new Pulled(
                rel,
                conditions,
                Expressions.references(rel, width, rel.getRowType().getFieldCount()));
    }

    private RexNode equal(RexNode left, RexNode right) {
        boolean nullable = left.getType().isNullable() || right.getType().isNullable();
        return rexBuilder.makeCall(
                nullable ? SqlStdOperatorTable.IS_NOT_DISTINCT_FROM : SqlStdOperatorTable.EQUALS,
                left,
                right);
    }

    private TreeSet<Integer> correlatedFields(RelNode subQuery) {
        TreeSet<Integer> found = new TreeSet<>();
        RexShuttle finder =
                new RexShuttle() {
                    @Override
                    public RexNode visitFieldAccess(RexFieldAccess access) {
                        if (access.getReferenceExpr() instanceof RexCorrelVariable variable
                                && ids.contains(variable.id)) {
                            found.add(access.getField().getIndex());
                        }
                        return super.visitFieldAccess(access);
                    }
                };
        collect(subQuery, finder);
        return found;
    }

    private static void collect(RelNode rel, RexShuttle finder) {
        rel.accept(finder);
        for (RelNode input : rel.getInputs()) {
            collect(input, finder);
        }
    }

    private RelNode visit(RelNode rel) {
        if (!Expressions.isCorrelated(rel, ids)) {
            return join(domain, rel, List.of(), JoinRelType.INNER);
        }
        return switch (rel) {
            case Filter filter -> {
                RelNode input = visit(filter.getInput());
                yield Expressions.filter(
                        input, RelOptUtil.conjunctions(bind(filter.getCondition(), input)));
            }
            case Project project -> visitProject(project);
            case Join join -> visitJoin(join);
            case SubQueryJoin join -> visitSubQueryJoin(join);
            case Aggregate aggregate -> visitAggregate(aggregate);
            case Sort sort -> visitSort(sort);
            case SetOp setOp ->
                    setOp.copy(
                            setOp.getTraitSet(),
                            setOp.getInputs().stream().map(this::visit).toList());
            case SingleRow single -> visitSingleRow(single);
            case LateralUnnest unnest ->
                    LateralUnnest.create(
                            visit(unnest.getInput()),
                            unnest.lists().stream().map(list -> list + width).toList(),
                            unnest.ordinality(),
                            unnest.outer());
            default ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Correlated sub-query not supported: " + rel.getRelTypeName());
        };
    }

    /// Resolves an expression over one input that has the domain first.
    private RexNode bind(RexNode expression, RelNode input) {
        return Expressions.bind(expression, ids, outer(input), width);
    }

    /// Returns the outer row's fields as columns of a relation that has the domain first.
    private List<RexNode> outer(RelNode rel) {
        return spread(Expressions.references(rel, 0, width));
    }

    private List<RexNode> spread(List<RexNode> domainColumns) {
        int size = fields.isEmpty() ? 0 : fields.getLast() + 1;
        List<RexNode> row =
                new ArrayList<>(Collections.nCopies(size, rexBuilder.makeLiteral(false)));
        for (int i = 0; i < width; i++) {
            row.set(fields.get(i), domainColumns.get(i));
        }
        return row;
    }

    private RelNode visitProject(Project project) {
        RelNode input = visit(project.getInput());
        List<RexNode> keys = Expressions.references(input, 0, width);
        List<RexNode> columns = new ArrayList<>(keys);
        for (RexNode column : project.getProjects()) {
            columns.add(partitioned(bind(column, input), keys));
        }
        List<String> names = new ArrayList<>();
        keys.forEach(key -> names.add("d" + key));
        names.addAll(project.getRowType().getFieldNames());
        return Expressions.project(input, columns, names);
    }

    /// Adds the domain to the partitions of window functions.
    private RexNode partitioned(RexNode expression, List<RexNode> keys) {
        return expression.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitOver(RexOver over) {
                        var window = over.getWindow();
                        List<RexNode> partition = new ArrayList<>(keys);
                        partition.addAll(window.partitionKeys);
                        return rexBuilder.makeOver(
                                over.getType(),
                                over.getAggOperator(),
                                over.getOperands(),
                                partition,
                                window.orderKeys,
                                window.getLowerBound(),
                                window.getUpperBound(),
                                window.getExclude(),
                                window.isRows(),
                                true,
                                false,
                                over.isDistinct(),
                                over.ignoreNulls());
                    }
                });
    }

    private RelNode visitJoin(Join join) {
        boolean left = Expressions.isCorrelated(join.getLeft(), ids);
        boolean right = Expressions.isCorrelated(join.getRight(), ids);
        JoinRelType type = join.getJoinType();
        if (type == JoinRelType.INNER && right && !left) {
            return rightOnly(join);
        }
        if (type == JoinRelType.RIGHT || type == JoinRelType.FULL) {
            return outerBoth(join);
        }
        RelNode leftSide = visit(join.getLeft());
        RelNode rightSide = right ? visit(join.getRight()) : join.getRight();
        Sides sides = new Sides(leftSide, rightSide, right);
        RelNode result =
                join(
                        leftSide,
                        rightSide,
                        sides.conditions(RelOptUtil.conjunctions(join.getCondition())),
                        type);
        return right && type.projectsRight() ? withoutSecondDomain(result, leftSide) : result;
    }

    private RelNode withoutSecondDomain(RelNode joined, RelNode leftSide) {
        int leftWidth = leftSide.getRowType().getFieldCount();
        List<RexNode> columns = new ArrayList<>(Expressions.references(joined, 0, leftWidth));
        columns.addAll(
                Expressions.references(
                        joined, leftWidth + width, joined.getRowType().getFieldCount()));
        List<String> names = new ArrayList<>();
        columns.forEach(
                c ->
                        names.add(
                                joined.getRowType()
                                        .getFieldNames()
                                        .get(((org.apache.calcite.rex.RexInputRef) c).getIndex())));
        return Expressions.project(joined, columns, names);
    }

    /// The two sides of a join, of which the left has the domain first, and perhaps the right too.
    private final class Sides {
        private final List<RexNode> columns = new ArrayList<>();
        private final List<RexNode> conditions = new ArrayList<>();
        private final List<RexNode> row;

        Sides(RelNode left, RelNode right, boolean rightHasDomain) {
            int leftWidth = left.getRowType().getFieldCount();
            columns.addAll(Expressions.references(left, width, leftWidth));
            List<RexNode> rightColumns = new ArrayList<>();
            for (RexNode column : Expressions.references(right)) {
                rightColumns.add(RexUtil.shift(column, leftWidth));
            }
            row = outer(left);
            if (rightHasDomain) {
                for (int i = 0; i < width; i++) {
                    conditions.add(equal(Expressions.reference(left, i), rightColumns.get(i)));
                }
                rightColumns = rightColumns.subList(width, rightColumns.size());
            }
            columns.addAll(rightColumns);
        }

        RexNode bound(RexNode condition) {
            return Expressions.bind(Expressions.substitute(condition, columns), ids, row, 0);
        }

        List<RexNode> conditions(List<RexNode> more) {
            List<RexNode> all = new ArrayList<>(conditions);
            more.forEach(condition -> all.add(bound(condition)));
            return all;
        }
    }

    /// Joins where only the right side is correlated: domain and right come first, then are ordered.
    private RelNode rightOnly(Join join) {
        RelNode rightSide = visit(join.getRight());
        int leftWidth = join.getLeft().getRowType().getFieldCount();
        List<RexNode> columns = new ArrayList<>(Expressions.references(join.getLeft()));
        List<RexNode> shifted = new ArrayList<>();
        for (RexNode column : Expressions.references(rightSide)) {
            shifted.add(RexUtil.shift(column, leftWidth));
        }
        columns.addAll(shifted.subList(width, shifted.size()));
        RexNode condition =
                Expressions.bind(
                        Expressions.substitute(join.getCondition(), columns),
                        ids,
                        spread(shifted.subList(0, width)),
                        0);
        RelNode joined = join(join.getLeft(), rightSide, List.of(condition), JoinRelType.INNER);
        List<RexNode> order = new ArrayList<>(shifted.subList(0, width));
        order.addAll(columns);
        List<String> names = new ArrayList<>(Collections.nCopies(width, "d"));
        names.addAll(join.getRowType().getFieldNames());
        return Expressions.project(joined, order, names);
    }

    /// RIGHT and FULL joins: both sides get the domain, of which the result has the one not null.
    private RelNode outerBoth(Join join) {
        RelNode leftSide = visit(join.getLeft());
        RelNode rightSide = visit(join.getRight());
        Sides sides = new Sides(leftSide, rightSide, true);
        RelNode joined =
                join(
                        leftSide,
                        rightSide,
                        sides.conditions(RelOptUtil.conjunctions(join.getCondition())),
                        join.getJoinType());
        int leftWidth = leftSide.getRowType().getFieldCount();
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            columns.add(
                    rexBuilder.makeCall(
                            SqlStdOperatorTable.COALESCE,
                            Expressions.reference(joined, i),
                            Expressions.reference(joined, leftWidth + i)));
        }
        columns.addAll(Expressions.references(joined, width, leftWidth));
        columns.addAll(
                Expressions.references(
                        joined, leftWidth + width, joined.getRowType().getFieldCount()));
        List<String> names = new ArrayList<>(Collections.nCopies(width, "d"));
        names.addAll(join.getRowType().getFieldNames());
        return Expressions.project(joined, columns, names);
    }

    private RelNode visitSubQueryJoin(SubQueryJoin join) {
        boolean right = Expressions.isCorrelated(join.getRight(), ids);
        RelNode leftSide = visit(join.getLeft());
        RelNode rightSide = right ? visit(join.getRight()) : join.getRight();
        Sides sides = new Sides(leftSide, rightSide, right);
        List<RexNode> own = RelOptUtil.conjunctions(join.condition());
        return switch (join.type()) {
            case ANTI_NULL_AWARE ->
                    join(
                            leftSide,
                            rightSide,
                            sides.conditions(List.of(isNotFalse(join.condition()))),
                            JoinRelType.ANTI);
            case MARK_NULL_AWARE -> threeValued(join, sides, leftSide, rightSide);
            default -> {
                RelNode joined =
                        SubQueryJoin.create(
                                leftSide,
                                rightSide,
                                Expressions.conjunction(join, sides.conditions(own)),
                                join.type());
                yield right && join.type() == JoinType.SINGLE
                        ? withoutSecondDomain(joined, leftSide)
                        : joined;
            }
        };
    }

    private RexNode isNotFalse(RexNode condition) {
        return rexBuilder.makeCall(SqlStdOperatorTable.IS_NOT_FALSE, condition);
    }

    /// IN as two marks: whether a row is equal, and whether one is not unequal for sure.
    private RelNode threeValued(SubQueryJoin join, Sides sides, RelNode left, RelNode right) {
        RelNode sure =
                SubQueryJoin.create(
                        left,
                        right,
                        Expressions.conjunction(join, sides.conditions(List.of(join.condition()))),
                        JoinType.MARK);
        int at = left.getRowType().getFieldCount();
        List<RexNode> possible = sides.conditions(List.of(isNotFalse(join.condition())));
        RexNode condition =
                SubQueryAttachment.spaced(Expressions.conjunction(join, possible), at, 1);
        RelNode both = SubQueryJoin.create(sure, right, condition, JoinType.MARK);
        List<RexNode> columns = new ArrayList<>(Expressions.references(both, 0, at));
        columns.add(
                SubQueryAttachment.threeValued(
                        rexBuilder,
                        Expressions.reference(both, at),
                        Expressions.reference(both, at + 1)));
        List<String> names = new ArrayList<>(left.getRowType().getFieldNames());
        names.add("mark");
        return Expressions.project(both, columns, names);
    }

    private RelNode visitAggregate(Aggregate aggregate) {
        RelNode input = visit(aggregate.getInput());
        ImmutableBitSet keys = ImmutableBitSet.range(width);
        List<ImmutableBitSet> sets = new ArrayList<>();
        for (ImmutableBitSet set : aggregate.getGroupSets()) {
            if (set.isEmpty() && aggregate.getGroupSets().size() > 1) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "Correlated sub-query not supported: grouping sets with an empty set");
            }
            sets.add(set.shift(width).union(keys));
        }
        List<AggregateCall> calls = new ArrayList<>();
        ImmutableBitSet group = aggregate.getGroupSet().shift(width).union(keys);
        for (AggregateCall call : aggregate.getAggCallList()) {
            calls.add(shifted(call, input, group.cardinality()));
        }
        RelNode grouped =
                LogicalAggregate.create(input, List.of(), group, ImmutableList.copyOf(sets), calls);
        return aggregate.getGroupCount() == 0 ? withEmptyGroups(aggregate, grouped) : grouped;
    }

    private AggregateCall shifted(AggregateCall call, RelNode input, int groupCount) {
        return AggregateCall.create(
                call.getParserPosition(),
                call.getAggregation(),
                call.isDistinct(),
                call.isApproximate(),
                call.ignoreNulls(),
                call.rexList,
                call.getArgList().stream().map(a -> a + width).toList(),
                call.filterArg < 0 ? -1 : call.filterArg + width,
                call.distinctKeys == null ? null : call.distinctKeys.shift(width),
                org.apache.calcite.rel.RelCollations.shift(call.collation, width),
                groupCount == 0,
                input,
                null,
                call.getName());
    }

    /// Gives the domain's values without rows the result of an aggregate of no rows.
    private RelNode withEmptyGroups(Aggregate aggregate, RelNode grouped) {
        List<RexNode> conditions = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            conditions.add(
                    equal(
                            Expressions.reference(domain, i),
                            RexUtil.shift(Expressions.reference(grouped, i), width)));
        }
        RelNode joined = join(domain, grouped, conditions, JoinRelType.LEFT);
        List<RexNode> columns = new ArrayList<>(Expressions.references(joined, 0, width));
        for (int i = 0; i < aggregate.getAggCallList().size(); i++) {
            RexNode value = Expressions.reference(joined, 2 * width + i);
            columns.add(emptyAware(rexBuilder, aggregate.getAggCallList().get(i), value));
        }
        List<String> names = new ArrayList<>(Collections.nCopies(width, "d"));
        names.addAll(aggregate.getRowType().getFieldNames());
        return Expressions.project(joined, columns, names);
    }

    /// Turns the null of a missing group into what the aggregate gives for no rows.
    static RexNode emptyAware(RexBuilder rexBuilder, AggregateCall call, RexNode value) {
        SqlKind kind = call.getAggregation().getKind();
        boolean counts =
                kind == SqlKind.COUNT
                        || kind == SqlKind.SUM0
                        || kind == SqlKind.REGR_COUNT
                        || call.getAggregation()
                                .getName()
                                .equalsIgnoreCase("APPROX_COUNT_DISTINCT");
        if (!counts) {
            return value;
        }
        return rexBuilder.makeCall(
                SqlStdOperatorTable.COALESCE,
                value,
                rexBuilder.makeZeroLiteral(
                        rexBuilder
                                .getTypeFactory()
                                .createTypeWithNullability(value.getType(), false)));
    }

    private RelNode visitSort(Sort sort) {
        RelNode input = visit(sort.getInput());
        if (sort.fetch == null && sort.offset == null) {
            return input;
        }
        return new PartitionLimit(rexBuilder)
                .apply(
                        input,
                        sort,
                        Expressions.references(input, 0, width),
                        Expressions.references(input, width, input.getRowType().getFieldCount()));
    }

    private RelNode visitSingleRow(SingleRow single) {
        RelNode input = visit(single.getInput());
        List<RexNode> conditions = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            conditions.add(
                    equal(
                            Expressions.reference(domain, i),
                            RexUtil.shift(Expressions.reference(input, i), width)));
        }
        RelNode joined =
                SubQueryJoin.create(
                        domain,
                        input,
                        Expressions.conjunction(single, conditions),
                        JoinType.SINGLE);
        return withoutSecondDomain(joined, domain);
    }

    private static RelNode join(
            RelNode left, RelNode right, List<RexNode> conditions, JoinRelType type) {
        return LogicalJoin.create(
                left, right, List.of(), Expressions.conjunction(left, conditions), Set.of(), type);
    }
}
