package io.neuralake.planner.sql;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;

import java.util.ArrayList;
import java.util.List;

/// Rewrites `x = ANY (list)` and the like: over the elements of a list that is written out to
/// comparisons with each, else to functions of lists.
final class ListComparison {
    private final SqlNode value;
    private final SqlKind comparison;
    private final boolean all;
    private final SqlParserPos pos;

    private ListComparison(SqlBasicCall call, SqlQuantifyOperator operator) {
        this.value = call.operand(0);
        this.comparison = operator.comparisonKind;
        this.all = operator.getKind() == SqlKind.ALL;
        this.pos = call.getParserPosition();
    }

    /// Rewrites a call of ANY, SOME or ALL; over a sub-query it stays.
    static SqlNode rewrite(SqlBasicCall call) {
        if (!(call.getOperator() instanceof SqlQuantifyOperator operator)
                || !(call.operand(1) instanceof SqlNodeList candidates)) {
            return call;
        }
        ListComparison rewriting = new ListComparison(call, operator);
        SqlNode first = candidates.get(0);
        if (candidates.size() > 1) {
            return rewriting.each(candidates);
        }
        return first.getKind() == SqlKind.ARRAY_VALUE_CONSTRUCTOR
                ? rewriting.each(((SqlCall) first).getOperandList())
                : rewriting.member(first);
    }

    private SqlNode each(List<SqlNode> elements) {
        List<SqlNode> comparisons = new ArrayList<>();
        for (SqlNode element : elements) {
            comparisons.add(operator().createCall(pos, SyntaxCopy.of(value), element));
        }
        SqlOperator junction = all ? SqlStdOperatorTable.AND : SqlStdOperatorTable.OR;
        return comparisons.stream()
                .reduce((left, right) -> junction.createCall(pos, left, right))
                .orElseThrow();
    }

    private SqlOperator operator() {
        return switch (comparison) {
            case EQUALS -> SqlStdOperatorTable.EQUALS;
            case NOT_EQUALS -> SqlStdOperatorTable.NOT_EQUALS;
            case LESS_THAN -> SqlStdOperatorTable.LESS_THAN;
            case LESS_THAN_OR_EQUAL -> SqlStdOperatorTable.LESS_THAN_OR_EQUAL;
            case GREATER_THAN -> SqlStdOperatorTable.GREATER_THAN;
            case GREATER_THAN_OR_EQUAL -> SqlStdOperatorTable.GREATER_THAN_OR_EQUAL;
            default -> throw new IllegalStateException("Not a comparison: " + comparison);
        };
    }

    /// Tests membership, three-valued: NULL where a null could be the value looked for.
    private SqlNode member(SqlNode list) {
        boolean negated = all && comparison == SqlKind.NOT_EQUALS;
        if (!negated && (all || comparison != SqlKind.EQUALS)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "ANY over a list is supported with = only, ALL with <> only",
                    Positions.of(pos),
                    null);
        }
        SqlNode length = Calls.of("cardinality", pos, SyntaxCopy.of(list));
        SqlNode someNull =
                SqlStdOperatorTable.OR.createCall(
                        pos,
                        SqlStdOperatorTable.IS_NULL.createCall(pos, SyntaxCopy.of(value)),
                        SqlStdOperatorTable.LESS_THAN.createCall(
                                pos, Calls.of("list_count", pos, SyntaxCopy.of(list)), length));
        SqlNode empty =
                SqlStdOperatorTable.EQUALS.createCall(
                        pos, SyntaxCopy.of(length), Calls.number(0, pos));
        SqlNode unknown = Calls.cast(SqlLiteral.createNull(pos), SqlTypeName.BOOLEAN);
        return new SqlCase(
                pos,
                null,
                new SqlNodeList(
                        List.of(
                                Calls.of("list_contains", pos, list, value),
                                empty,
                                SqlStdOperatorTable.IS_NULL.createCall(pos, SyntaxCopy.of(list)),
                                someNull),
                        pos),
                new SqlNodeList(
                        List.of(
                                SqlLiteral.createBoolean(!negated, pos),
                                SqlLiteral.createBoolean(negated, pos),
                                unknown,
                                SyntaxCopy.of(unknown)),
                        pos),
                SqlLiteral.createBoolean(negated, pos));
    }
}
