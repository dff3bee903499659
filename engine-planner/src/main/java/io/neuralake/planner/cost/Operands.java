package io.neuralake.planner.cost;

import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.NlsString;
import org.apache.calcite.util.TimestampString;
import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;

/// Reads operands of conditions through casts.
final class Operands {
    private Operands() {}

    /// Returns the column behind an expression, or -1.
    static int column(RexNode expression) {
        if (expression instanceof RexInputRef reference) {
            return reference.getIndex();
        }
        return expression instanceof RexCall call && call.getKind() == SqlKind.CAST
                ? column(call.getOperands().getFirst())
                : -1;
    }

    /// Returns a constant as a number in the unit of statistics; NaN where it is none.
    static double number(RexNode expression) {
        if (expression instanceof RexLiteral literal) {
            return literal.isNull() ? Double.NaN : number((Object) literal.getValue());
        }
        return expression instanceof RexCall call && call.getKind() == SqlKind.CAST
                ? number(call.getOperands().getFirst())
                : Double.NaN;
    }

    /// Returns a literal's value, as Calcite keeps it, as a number.
    static double number(@Nullable Object value) {
        return switch (value) {
            case BigDecimal d -> d.doubleValue();
            case Number n -> n.doubleValue();
            case DateString d -> d.getDaysSinceEpoch();
            case TimestampString t -> t.getMillisSinceEpoch() * 1000.0;
            case java.util.Calendar c -> calendar(c);
            case null, default -> Double.NaN;
        };
    }

    private static double calendar(java.util.Calendar calendar) {
        long millis = calendar.getTimeInMillis();
        return millis % 86_400_000L == 0 ? millis / 86_400_000.0 : millis * 1000.0;
    }

    /// Returns a string constant, or null.
    static @Nullable String text(RexNode expression) {
        if (expression instanceof RexLiteral literal && literal.getValue() instanceof NlsString s) {
            return s.getValue();
        }
        return expression instanceof RexCall call && call.getKind() == SqlKind.CAST
                ? text(call.getOperands().getFirst())
                : null;
    }
}
