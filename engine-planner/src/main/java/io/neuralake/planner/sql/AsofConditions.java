package io.neuralake.planner.sql;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.sql.SqlAsofJoin;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

import java.util.ArrayList;
import java.util.List;

/// Splits the condition of `ASOF JOIN t ON a.k = b.k AND a.time >= b.time` into equalities and the
/// one inequality that finds the nearest row.
final class AsofConditions {
    private AsofConditions() {}

    static SqlNode rewrite(SqlAsofJoin asof) {
        if (!ConstantExpression.isNull(asof.getMatchCondition())) {
            return asof;
        }
        SqlNode condition = asof.getCondition();
        List<SqlNode> parts = new ArrayList<>();
        if (condition != null) {
            split(condition, parts);
        }
        SqlNode match = null;
        SqlNode equalities = null;
        for (SqlNode part : parts) {
            if (SqlKind.ORDER_COMPARISON.contains(part.getKind())) {
                if (match != null) {
                    throw wrong(part);
                }
                match = part;
            } else {
                equalities =
                        equalities == null
                                ? part
                                : SqlStdOperatorTable.AND.createCall(
                                        part.getParserPosition(), equalities, part);
            }
        }
        if (match == null) {
            throw wrong(asof);
        }
        SqlParserPos pos = asof.getParserPosition();
        asof.setOperand(6, match);
        asof.setOperand(5, equalities == null ? SqlLiteral.createBoolean(true, pos) : equalities);
        return asof;
    }

    private static void split(SqlNode condition, List<SqlNode> parts) {
        if (condition.getKind() == SqlKind.AND) {
            ((SqlCall) condition).getOperandList().forEach(operand -> split(operand, parts));
        } else {
            parts.add(condition);
        }
    }

    private static NeuralakeException wrong(SqlNode node) {
        return new NeuralakeException(
                ErrorCode.SYNTAX_ERROR,
                "ASOF JOIN needs exactly one inequality, such as a.time >= b.time",
                Positions.of(node),
                null);
    }
}
