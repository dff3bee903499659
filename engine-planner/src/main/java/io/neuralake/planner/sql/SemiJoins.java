package io.neuralake.planner.sql;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.JoinType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// Rewrites `a SEMI JOIN b ON c` to `EXISTS (SELECT 1 FROM b WHERE c)`, and ANTI JOIN to NOT EXISTS.
final class SemiJoins {
    private SemiJoins() {}

    /// Returns the condition that stands for the join.
    static SqlNode exists(SqlJoin join) {
        SqlParserPos pos = join.getParserPosition();
        SqlNode condition =
                switch (join.getConditionType()) {
                    case JoinConditionType.ON -> join.getCondition();
                    case JoinConditionType.USING -> using(join);
                    default -> null;
                };
        if (condition == null) {
            throw new NeuralakeException(
                    ErrorCode.SYNTAX_ERROR,
                    "Join needs a condition: SEMI JOIN and ANTI JOIN take ON or USING",
                    Positions.of(join),
                    null);
        }
        SqlSelect select =
                new SqlSelect(
                        pos,
                        SqlNodeList.EMPTY,
                        SqlNodeList.of(Calls.number(1, pos)),
                        join.getRight(),
                        condition,
                        null,
                        null,
                        SqlNodeList.EMPTY,
                        null,
                        null,
                        null,
                        null,
                        SqlNodeList.EMPTY);
        SqlNode exists = SqlStdOperatorTable.EXISTS.createCall(pos, select);
        return join.getJoinType() == JoinType.LEFT_SEMI_JOIN
                ? exists
                : SqlStdOperatorTable.NOT.createCall(pos, exists);
    }

    private static @Nullable SqlNode using(SqlJoin join) {
        SqlNode condition = null;
        for (SqlNode name : (SqlNodeList) java.util.Objects.requireNonNull(join.getCondition())) {
            SqlParserPos pos = name.getParserPosition();
            SqlNode equal =
                    SqlStdOperatorTable.EQUALS.createCall(
                            pos, column(join.getLeft(), name), column(join.getRight(), name));
            condition =
                    condition == null
                            ? equal
                            : SqlStdOperatorTable.AND.createCall(pos, condition, equal);
        }
        return condition;
    }

    /// Returns a column of a table that has a name.
    private static SqlNode column(SqlNode table, SqlNode column) {
        SqlParserPos pos = column.getParserPosition();
        String alias =
                switch (table) {
                    case SqlIdentifier id -> id.names.getLast();
                    case SqlCall call when call.getKind() == SqlKind.AS ->
                            call.operand(1).toString();
                    default ->
                            throw new NeuralakeException(
                                    ErrorCode.UNSUPPORTED,
                                    "USING of SEMI JOIN and ANTI JOIN needs tables with names",
                                    Positions.of(column),
                                    null);
                };
        return new SqlIdentifier(java.util.List.of(alias, column.toString()), pos);
    }
}
