package io.neuralake.planner.rule.pushdown;

import io.neuralake.planner.rule.Expressions;
import io.neuralake.spi.type.DecimalType;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;

/// The argument of an aggregate function, as far as it is aggregated below joins. Of `CASE WHEN guard
/// THEN value END` that may be the value alone: the guard then decides on what was aggregated.
///
/// @param value what is aggregated below
/// @param guard the condition above; null for none
/// @param otherwise the constant where the guard does not hold; null where it is NULL
record PushedArgument(RexNode value, @Nullable RexNode guard, @Nullable RexNode otherwise) {
    /// Splits an argument so that the value reads the columns of the bottom alone; null where there
    /// is no way.
    static @Nullable PushedArgument of(
            RexNode argument, SqlKind function, JoinSpine spine, RelNode any) {
        RexNode plain = Expressions.stripNullability(argument);
        if (spine.isOfBottom(plain)) {
            return failsNever(plain) ? new PushedArgument(plain, null, null) : null;
        }
        if (!(plain instanceof RexCall call)
                || call.getKind() != SqlKind.CASE
                || call.getOperands().size() != 3) {
            return null;
        }
        RexNode value = Expressions.stripNullability(call.getOperands().get(1));
        RexNode otherwise = Expressions.stripNullability(call.getOperands().get(2));
        boolean isNull = otherwise instanceof RexLiteral literal && literal.isNull();
        if (!spine.isOfBottom(value)
                || !failsNever(value)
                || !Expressions.sameType(value, call, any)
                || !isNull && !isNeutral(otherwise, function)) {
            return null;
        }
        return new PushedArgument(value, call.getOperands().get(0), isNull ? null : otherwise);
    }

    /// Tells whether a row that adds the constant may as well add it once for many.
    private static boolean isNeutral(RexNode constant, SqlKind function) {
        if (!(constant instanceof RexLiteral literal)) {
            return false;
        }
        return switch (function) {
            case MIN, MAX -> true;
            case SUM, SUM0 ->
                    literal.getValue() instanceof BigDecimal number && number.signum() == 0;
            default -> false;
        };
    }

    /// Puts the guard over what was aggregated.
    RexNode guarded(RexNode aggregated, RexNode newGuard, RexBuilder rexBuilder) {
        var type =
                rexBuilder.getTypeFactory().createTypeWithNullability(aggregated.getType(), true);
        return rexBuilder.makeCall(
                SqlStdOperatorTable.CASE,
                newGuard,
                rexBuilder.makeAbstractCast(type, aggregated, false),
                otherwise == null
                        ? rexBuilder.makeNullLiteral(type)
                        : rexBuilder.makeAbstractCast(type, otherwise, false));
    }

    /// Tells whether an expression may be computed for rows that the joins drop: it has no errors,
    /// whatever the values.
    static boolean failsNever(RexNode expression) {
        return switch (expression) {
            case RexCall call ->
                    isSafe(call)
                            && call.getOperands().stream().allMatch(PushedArgument::failsNever);
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
