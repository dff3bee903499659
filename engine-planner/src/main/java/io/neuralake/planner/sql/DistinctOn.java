package io.neuralake.planner.sql;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlUtil;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;

import java.util.ArrayList;
import java.util.List;

/// Rewrites `SELECT DISTINCT ON (k) ... ORDER BY o` to a filter on the row number in each group.
final class DistinctOn {
    private DistinctOn() {}

    static void rewrite(SqlSelect select, SqlNodeList on, SqlNodeList orderBy) {
        SqlParserPos pos = on.getParserPosition();
        if (select.getQualify() != null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "DISTINCT ON and QUALIFY in one SELECT are not supported",
                    Positions.of(pos),
                    null);
        }
        SqlNodeList keys = new SqlNodeList(pos);
        on.forEach(key -> keys.add(resolve(key, select)));
        SqlNodeList order = new SqlNodeList(pos);
        orderBy.forEach(key -> order.add(resolveOrder(key, select)));
        if (order.size() == 0) {
            keys.forEach(order::add);
        }
        SqlNode window =
                SqlWindow.create(
                        null,
                        null,
                        keys,
                        order,
                        SqlLiteral.createBoolean(false, pos),
                        null,
                        null,
                        null,
                        SqlWindow.createExcludeNoOthers(pos),
                        pos);
        SqlNode number =
                SqlStdOperatorTable.OVER.createCall(pos, Calls.of("row_number", pos), window);
        select.setQualify(SqlStdOperatorTable.EQUALS.createCall(pos, number, Calls.number(1, pos)));
    }

    private static SqlNode resolveOrder(SqlNode key, SqlSelect select) {
        return switch (key.getKind()) {
            case DESCENDING, NULLS_FIRST, NULLS_LAST -> {
                SqlCall call = (SqlCall) key;
                yield call.getOperator()
                        .createCall(
                                call.getParserPosition(), resolveOrder(call.operand(0), select));
            }
            default -> resolve(key, select);
        };
    }

    /// Replaces names and numbers of output columns by their expressions.
    private static SqlNode resolve(SqlNode key, SqlSelect select) {
        List<SqlNode> items = new ArrayList<>(select.getSelectList());
        if (key instanceof SqlLiteral
                && ConstantExpression.value(key).orElse(null) instanceof Long ordinal
                && ordinal >= 1
                && ordinal <= items.size()) {
            return SqlUtil.stripAs(items.get((int) (ordinal - 1)));
        }
        if (key instanceof SqlIdentifier id && id.isSimple()) {
            for (SqlNode item : items) {
                if (item.getKind() == SqlKind.AS
                        && ((SqlCall) item)
                                .operand(1)
                                .toString()
                                .equalsIgnoreCase(id.getSimple())) {
                    return ((SqlCall) item).operand(0);
                }
            }
        }
        return key;
    }
}
