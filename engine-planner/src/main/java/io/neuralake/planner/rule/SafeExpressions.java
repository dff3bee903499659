package io.neuralake.planner.rule;

import io.neuralake.spi.type.DecimalType;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.type.SqlTypeName;

import java.math.BigDecimal;

/// Knows which expressions may be computed for rows that a query does not ask about.
public final class SafeExpressions {
    private SafeExpressions() {}

    /// Tells whether an expression may be computed for rows that joins drop: it has no errors,
    /// whatever the values.
    public static boolean failsNever(RexNode expression) {
        return switch (expression) {
            case RexCall call ->
                    isSafe(call)
                            && call.getOperands().stream().allMatch(SafeExpressions::failsNever);
            case RexFieldAccess member -> failsNever(member.getReferenceExpr());
            default -> true;
        };
    }

    private static boolean isSafe(RexCall call) {
        return switch (call.getKind()) {
            case PLUS, MINUS, TIMES, MINUS_PREFIX -> holdsAll(call);
            case CASE, COALESCE -> true;
            case AND, OR, NOT, IS_NULL, IS_NOT_NULL, IS_TRUE, IS_FALSE, IS_NOT_TRUE -> true;
            case EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL -> true;
            case GREATER_THAN, GREATER_THAN_OR_EQUAL, SEARCH -> true;
            case CAST -> isWidening(call);
            case DIVIDE ->
                    call.getOperands().get(1) instanceof RexLiteral divisor
                            && divisor.getValue() instanceof BigDecimal number
                            && number.signum() != 0
                            && holdsAll(call);
            default -> false;
        };
    }

    /// Tells whether the type of arithmetic holds its result for all values of the operands' types. That
    /// of integers does not, and of decimals only where their precision was not cut.
    private static boolean holdsAll(RexCall arithmetic) {
        RelDataType type = arithmetic.getType();
        return switch (type.getSqlTypeName()) {
            case DOUBLE, REAL, FLOAT -> true;
            case DECIMAL -> type.getPrecision() < DecimalType.MAX_PRECISION;
            default -> false;
        };
    }

    private static boolean isWidening(RexCall cast) {
        RexNode operand = cast.getOperands().getFirst();
        SqlTypeName to = cast.getType().getSqlTypeName();
        return Expressions.stripNullability(cast) instanceof RexInputRef
                || operand instanceof RexLiteral
                || to == SqlTypeName.DOUBLE
                        && SqlTypeName.NUMERIC_TYPES.contains(operand.getType().getSqlTypeName())
                || to == SqlTypeName.DECIMAL
                        && SqlTypeName.EXACT_TYPES.contains(operand.getType().getSqlTypeName())
                        && wholeDigits(cast) >= wholeDigits(operand);
    }

    private static int wholeDigits(RexNode number) {
        return number.getType().getPrecision() - number.getType().getScale();
    }
}
