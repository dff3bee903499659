package io.neuralake.planner.rule.pushdown;

import io.neuralake.planner.rule.Expressions;
import io.neuralake.planner.rule.SafeExpressions;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
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
            return SafeExpressions.failsNever(plain) ? new PushedArgument(plain, null, null) : null;
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
                || !SafeExpressions.failsNever(value)
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
}
