package io.neuralake.planner.sql;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;

/// An interval of months and of days, for which there is no type: only a date or time can be moved by
/// it, by the one and then by the other.
final class MixedInterval extends SqlSpecialOperator {
    private static final MixedInterval INSTANCE = new MixedInterval();

    private MixedInterval() {
        super("INTERVAL", SqlKind.OTHER);
    }

    static SqlNode of(SqlNode months, SqlNode time, SqlParserPos pos) {
        return INSTANCE.createCall(pos, months, time);
    }

    /// Rewrites a sum or difference; what holds no such interval stays.
    static SqlNode moved(SqlBasicCall call) {
        SqlNode left = call.operand(0);
        SqlNode right = call.operand(1);
        if (isMixed(right)) {
            return moved(call, left, (SqlCall) right);
        }
        return isMixed(left) && call.getKind() == SqlKind.PLUS
                ? moved(call, right, (SqlCall) left)
                : call;
    }

    private static boolean isMixed(SqlNode node) {
        return node instanceof SqlCall call && call.getOperator().equals(INSTANCE);
    }

    private static SqlNode moved(SqlBasicCall call, SqlNode time, SqlCall interval) {
        SqlParserPos pos = call.getParserPosition();
        SqlNode byMonths = call.getOperator().createCall(pos, time, interval.<SqlNode>operand(0));
        return call.getOperator().createCall(pos, byMonths, interval.<SqlNode>operand(1));
    }

    /// Only what was not rewritten gets here.
    @Override
    public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "Interval of months and of days not supported here: only a date or time can be"
                        + " moved by it",
                Positions.of(call),
                null);
    }
}
