package io.neuralake.planner.rule;

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

/// An aggregation as two: one that aggregates parts of each group, and one that joins the parts.
public final class AggregateParts {
    private final Aggregate aggregate;
    private final RexBuilder rexBuilder;
    private final int groupCount;
    private final List<Part> parts = new ArrayList<>();
    private final List<List<Integer>> partsOfCalls = new ArrayList<>();

    /// What the first aggregation computes.
    ///
    /// @param call the call of which it is all or a part, with its arguments
    /// @param function the function of the first aggregation
    /// @param joining the function that joins its results
    public record Part(AggregateCall call, SqlAggFunction function, SqlAggFunction joining) {}

    /// Takes an aggregation apart for which [#arePossible] holds.
    public AggregateParts(Aggregate aggregate) {
        this.aggregate = aggregate;
        this.rexBuilder = aggregate.getCluster().getRexBuilder();
        this.groupCount = aggregate.getGroupCount();
        for (AggregateCall call : aggregate.getAggCallList()) {
            List<Integer> indexes = new ArrayList<>();
            for (Part part : parts(call)) {
                indexes.add(parts.size());
                parts.add(part);
            }
            partsOfCalls.add(indexes);
        }
    }

    /// Tells whether all calls of an aggregation can be computed from those of parts.
    public static boolean arePossible(Aggregate aggregate) {
        return aggregate.getAggCallList().stream().allMatch(call -> isPossible(aggregate, call));
    }

    private static boolean isPossible(Aggregate aggregate, AggregateCall call) {
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

    private static List<Part> parts(AggregateCall call) {
        SqlAggFunction function = call.getAggregation();
        return switch (function.getKind()) {
            case GROUPING -> List.of();
            case COUNT, SUM0 -> List.of(new Part(call, function, SqlStdOperatorTable.SUM0));
            case AVG ->
                    List.of(
                            new Part(call, SqlStdOperatorTable.SUM, SqlStdOperatorTable.SUM),
                            new Part(call, SqlStdOperatorTable.COUNT, SqlStdOperatorTable.SUM0));
            default -> List.of(new Part(call, function, function));
        };
    }

    /// Returns the parts of all calls.
    public List<Part> parts() {
        return parts;
    }

    /// Makes a call of the first or the second aggregation.
    ///
    /// @param filter the column of FILTER, or -1
    /// @param hasEmptyGroup whether a group may have no rows
    public static AggregateCall call(
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

    /// Joins parts: the result has the columns of the aggregation.
    ///
    /// @param input first the columns by which is grouped, in the order of their positions
    /// @param columns where in the input each part is
    public RelNode joined(RelNode input, List<Integer> columns) {
        List<AggregateCall> calls = new ArrayList<>();
        List<Integer> results = new ArrayList<>();
        // The empty set has a group even without rows, whose sums are null.
        boolean hasEmptyGroup = aggregate.getGroupSets().contains(ImmutableBitSet.of());
        for (int i = 0; i < parts.size(); i++) {
            AggregateCall call =
                    call(parts.get(i).joining(), List.of(columns.get(i)), -1, input, hasEmptyGroup);
            if (!calls.contains(call)) {
                calls.add(call);
            }
            results.add(groupCount + calls.indexOf(call));
        }
        int grouping = groupCount + calls.size();
        List<Integer> keys = aggregate.getGroupSet().asList();
        for (AggregateCall call : aggregate.getAggCallList()) {
            if (call.getAggregation().getKind() == SqlKind.GROUPING) {
                calls.add(call.withArgList(positions(call.getArgList(), keys)));
            }
        }
        List<ImmutableBitSet> sets = new ArrayList<>();
        for (ImmutableBitSet set : aggregate.getGroupSets()) {
            sets.add(ImmutableBitSet.of(positions(set.asList(), keys)));
        }
        RelNode second =
                LogicalAggregate.create(
                        input, List.of(), ImmutableBitSet.range(groupCount), sets, calls);
        return values(second, results, grouping);
    }

    /// Returns the results of the calls, GROUPING apart, of which each part is known.
    public List<RexNode> values(List<RexNode> known) {
        List<RexNode> values = new ArrayList<>();
        for (int i = 0; i < partsOfCalls.size(); i++) {
            values.add(value(i, partsOfCalls.get(i).stream().map(known::get).toList()));
        }
        return values;
    }

    private RexNode value(int call, List<RexNode> known) {
        RexNode value =
                known.size() == 1
                        ? known.getFirst()
                        : average(known.get(0), known.get(1), type(groupCount + call));
        return Expressions.ensureType(aggregate, groupCount + call, value);
    }

    private static List<Integer> positions(List<Integer> columns, List<Integer> keys) {
        return columns.stream().map(keys::indexOf).toList();
    }

    private RelNode values(RelNode second, List<Integer> results, int firstGrouping) {
        List<RexNode> columns = new ArrayList<>();
        for (int i = 0; i < groupCount; i++) {
            columns.add(Expressions.ensureType(aggregate, i, Expressions.reference(second, i)));
        }
        int grouping = firstGrouping;
        for (int i = 0; i < partsOfCalls.size(); i++) {
            List<RexNode> known = new ArrayList<>();
            for (int part : partsOfCalls.get(i)) {
                known.add(Expressions.reference(second, results.get(part)));
            }
            columns.add(
                    known.isEmpty()
                            ? Expressions.ensureType(
                                    aggregate,
                                    groupCount + i,
                                    Expressions.reference(second, grouping++))
                            : value(i, known));
        }
        return Expressions.project(second, columns, aggregate);
    }

    private RexNode average(RexNode sum, RexNode count, RelDataType type) {
        RexNode zero = rexBuilder.makeExactLiteral(BigDecimal.ZERO, count.getType());
        RelDataType nullable = rexBuilder.getTypeFactory().createTypeWithNullability(type, true);
        RexNode divisor =
                rexBuilder.makeCall(
                        SqlStdOperatorTable.CASE,
                        rexBuilder.makeCall(SqlStdOperatorTable.EQUALS, count, zero),
                        rexBuilder.makeNullLiteral(nullable),
                        rexBuilder.makeCast(nullable, count));
        return rexBuilder.makeCall(
                SqlStdOperatorTable.DIVIDE, rexBuilder.makeCast(nullable, sum), divisor);
    }

    private RelDataType type(int column) {
        return aggregate.getRowType().getFieldList().get(column).getType();
    }
}
