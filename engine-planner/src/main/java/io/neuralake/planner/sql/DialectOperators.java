package io.neuralake.planner.sql;

import org.apache.calcite.sql.SqlBinaryOperator;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlPrefixOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// Operators which the parser makes and [FunctionSyntax] replaces by functions of the catalogue. They
/// bind as in PostgreSQL: `AT TIME ZONE` over `^` over `*` over `+` over all others, those over LIKE.
public final class DialectOperators {
    /// `instant AT TIME ZONE zone`.
    public static final SqlBinaryOperator AT_TIME_ZONE = operator("AT TIME ZONE", 76);

    /// `a ^ b` and `a ** b`.
    public static final SqlBinaryOperator POWER = operator("^", 70);

    /// `a || b`.
    public static final SqlBinaryOperator CONCAT = operator("||", 36);

    /// `a | b`.
    public static final SqlBinaryOperator BIT_OR = operator("|", 36);

    /// `a & b`.
    public static final SqlBinaryOperator BIT_AND = operator("&", 36);

    /// `a << b`.
    public static final SqlBinaryOperator SHIFT_LEFT = operator("<<", 36);

    /// `a >> b`.
    public static final SqlBinaryOperator SHIFT_RIGHT = operator(">>", 36);

    /// `text ^@ prefix`.
    public static final SqlBinaryOperator STARTS_WITH = operator("^@", 36);

    /// `text GLOB pattern`.
    public static final SqlBinaryOperator GLOB = operator("GLOB", 32);

    /// `~a`.
    public static final SqlPrefixOperator BIT_NOT =
            new SqlPrefixOperator("~", SqlKind.OTHER, 36, null, null, null);

    private static final Map<SqlOperator, String> FUNCTIONS =
            Map.of(
                    POWER, "power",
                    BIT_OR, "bitwise_or",
                    BIT_AND, "bitwise_and",
                    SHIFT_LEFT, "shift_left",
                    SHIFT_RIGHT, "shift_right",
                    STARTS_WITH, "starts_with",
                    GLOB, "glob",
                    BIT_NOT, "bitwise_not");

    private DialectOperators() {}

    private static SqlBinaryOperator operator(String name, int precedence) {
        return new SqlBinaryOperator(name, SqlKind.OTHER, precedence, true, null, null, null);
    }

    /// Returns what an operator stands for; null for operators of others.
    static @Nullable SqlNode function(
            SqlOperator operator, SqlParserPos pos, List<SqlNode> operands) {
        if (operator.equals(CONCAT)) {
            return SqlStdOperatorTable.CONCAT.createCall(pos, operands);
        }
        if (operator.equals(AT_TIME_ZONE)) {
            SqlNode time = operands.get(0);
            boolean text = ConstantExpression.text(time).isPresent();
            return Calls.of(
                    "timezone",
                    pos,
                    operands.get(1),
                    text ? Calls.cast(time, SqlTypeName.TIMESTAMP_WITH_LOCAL_TIME_ZONE) : time);
        }
        String name = FUNCTIONS.get(operator);
        return name == null ? null : Calls.of(name, pos, operands);
    }
}
