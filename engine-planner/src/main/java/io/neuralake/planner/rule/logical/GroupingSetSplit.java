package io.neuralake.planner.rule.logical;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.Expressions;

import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.AggregateCall;
import org.apache.calcite.rel.logical.LogicalAggregate;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.ImmutableBitSet;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// Groups by all columns of several grouping sets first, and those groups by each set: rows are then
/// put into groups once and not once a set. Only where the aggregates of parts can be joined, and
/// where there are far fewer groups than rows.
public final class GroupingSetSplit {
    /// Rows a group, at least, that make the first grouping worth it.
    private static final double ROWS_PER_GROUP = 4;

    private final CardinalityEstimator estimator;

    /// Creates a pass.
    public GroupingSetSplit(CardinalityEstimator estimator) {
        this.estimator = estimator;
    }

    /// Rewrites a query.
    public RelNode apply(RelNode root) {
        RelNode rel = RelRewriter.inputs(root, this::apply);
        if (!rel.equals(root)) {
            estimator.setRows(rel, estimator.rows(root));
        }
        return rel instanceof Aggregate aggregate && isWorthIt(aggregate)
                ? new Split(aggregate).rewritten()
                : rel;
    }

    private boolean isWorthIt(Aggregate aggregate) {
        if (aggregate.getGroupSets().size() < 2
                || !aggregate.getAggCallList().stream().allMatch(c -> isSplittable(aggregate, c))) {
            return false;
        }
        RelNode first =
                LogicalAggregate.create(
                        aggregate.getInput(), List.of(), aggregate.getGroupSet(), null, List.of());
        return estimator.rows(first) * ROWS_PER_GROUP <= estimator.rows(aggregate.getInput());
    }

    private static boolean isSplittable(Aggregate aggregate, AggregateCall call) {
        if (call.isDistinct()
                || call.isApproximate()
                || call.distinctKeys != null
                || !call.collation.equals(RelCollations.EMPTY)) {
            return false;
        }
        return switch (call.getAggregation().getKind()) {
            case SUM, SUM0, COUNT, MIN, MAX -> call.getArgList().size() <= 1;
            case GROUPING -> true;
            case AVG -> isAverageOfSums(aggregate, call);
            default -> false;
        };
    }

    /// Tells whether the sum of the argument has a type that holds it whenever the average does. That
    /// of BIGINT may overflow.
    private static boolean isAverageOfSums(Aggregate aggregate, AggregateCall call) {
        RelNode input = aggregate.getInput();
        SqlTypeName argument =
                Expressions.reference(input, call.getArgList().get(0)).getType().getSqlTypeName();
        return call.getType().getSqlTypeName() == SqlTypeName.DOUBLE
                && switch (argument) {
                    case TINYINT, SMALLINT, INTEGER, DECIMAL, DOUBLE -> true;
                    default -> false;
                };
    }

    /// The two aggregations of one.
    private static final class Split {
        private final Aggregate aggregate;
        private final RexBuilder rexBuilder;
        private final List<AggregateCall> firstCalls = new ArrayList<>();
        private final List<SqlAggFunction> joining = new ArrayList<>();
        private final int groupCount;

        Split(Aggregate aggregate) {
            this.aggregate = aggregate;
            this.rexBuilder = aggregate.getCluster().getRexBuilder();
            this.groupCount = aggregate.getGroupCount();
        }

        RelNode rewritten() {
            List<int[]> parts = new ArrayList<>();
            List<AggregateCall> groupings = new ArrayList<>();
            for (AggregateCall call : aggregate.getAggCallList()) {
                parts.add(parts(call));
                if (call.getAggregation().getKind() == SqlKind.GROUPING) {
                    groupings.add(call);
                }
            }
            RelNode first =
                    LogicalAggregate.create(
                            aggregate.getInput(),
                            List.of(),
                            aggregate.getGroupSet(),
                            null,
                            firstCalls);
            RelNode second = second(first, groupings);
            List<RexNode> columns = new ArrayList<>(Expressions.references(second, 0, groupCount));
            int grouping = groupCount + firstCalls.size();
            for (int i = 0; i < parts.size(); i++) {
                RexNode value =
                        switch (parts.get(i).length) {
                            case 0 -> Expressions.reference(second, grouping++);
                            case 1 -> part(second, parts.get(i)[0]);
                            default -> average(second, parts.get(i), type(groupCount + i));
                        };
                columns.add(Expressions.ensureType(aggregate, groupCount + i, value));
            }
            return Expressions.project(second, columns, aggregate);
        }

        /// Adds what the first aggregation computes for a call, and returns where.
        private int[] parts(AggregateCall call) {
            SqlAggFunction function = call.getAggregation();
            return switch (function.getKind()) {
                case GROUPING -> new int[0];
                case COUNT, SUM0 -> new int[] {part(call, function, SqlStdOperatorTable.SUM0)};
                case AVG ->
                        new int[] {
                            part(call, SqlStdOperatorTable.SUM, SqlStdOperatorTable.SUM),
                            part(call, SqlStdOperatorTable.COUNT, SqlStdOperatorTable.SUM0)
                        };
                default -> new int[] {part(call, function, function)};
            };
        }

        private int part(AggregateCall call, SqlAggFunction function, SqlAggFunction join) {
            AggregateCall part =
                    call(
                            function,
                            call.getArgList(),
                            call.filterArg,
                            aggregate.getInput(),
                            groupCount == 0);
            int known = firstCalls.indexOf(part);
            if (known >= 0) {
                return known;
            }
            firstCalls.add(part);
            joining.add(join);
            return firstCalls.size() - 1;
        }

        private static AggregateCall call(
                SqlAggFunction function,
                List<Integer> arguments,
                int filter,
                RelNode input,
                boolean hasEmptyGroup) {
            return AggregateCall.create(
                    SqlParserPos.ZERO,
                    function,
                    false,
                    false,
                    false,
                    List.of(),
                    arguments,
                    filter,
                    null,
                    RelCollations.EMPTY,
                    hasEmptyGroup,
                    input,
                    null,
                    null);
        }

        private RelNode second(RelNode first, List<AggregateCall> groupings) {
            List<Integer> keys = aggregate.getGroupSet().asList();
            List<AggregateCall> calls = new ArrayList<>();
            // The empty set has a group even without rows, whose sums are null.
            boolean hasEmptyGroup = aggregate.getGroupSets().contains(ImmutableBitSet.of());
            for (int i = 0; i < firstCalls.size(); i++) {
                List<Integer> argument = List.of(groupCount + i);
                calls.add(call(joining.get(i), argument, -1, first, hasEmptyGroup));
            }
            for (AggregateCall grouping : groupings) {
                List<Integer> arguments =
                        grouping.getArgList().stream().map(keys::indexOf).toList();
                calls.add(grouping.withArgList(arguments));
            }
            List<ImmutableBitSet> sets = new ArrayList<>();
            for (ImmutableBitSet set : aggregate.getGroupSets()) {
                sets.add(ImmutableBitSet.of(set.asList().stream().map(keys::indexOf).toList()));
            }
            return LogicalAggregate.create(
                    first, List.of(), ImmutableBitSet.range(groupCount), sets, calls);
        }

        private RexNode part(RelNode second, int index) {
            return Expressions.reference(second, groupCount + index);
        }

        private RexNode average(RelNode second, int[] sumAndCount, RelDataType type) {
            RexNode count = part(second, sumAndCount[1]);
            RexNode zero = rexBuilder.makeExactLiteral(BigDecimal.ZERO, count.getType());
            RelDataType nullable =
                    rexBuilder.getTypeFactory().createTypeWithNullability(type, true);
            RexNode divisor =
                    rexBuilder.makeCall(
                            SqlStdOperatorTable.CASE,
                            rexBuilder.makeCall(SqlStdOperatorTable.EQUALS, count, zero),
                            rexBuilder.makeNullLiteral(nullable),
                            rexBuilder.makeCast(nullable, count));
            RexNode sum = rexBuilder.makeCast(nullable, part(second, sumAndCount[0]));
            return rexBuilder.makeCall(SqlStdOperatorTable.DIVIDE, sum, divisor);
        }

        private RelDataType type(int column) {
            return aggregate.getRowType().getFieldList().get(column).getType();
        }
    }
}
