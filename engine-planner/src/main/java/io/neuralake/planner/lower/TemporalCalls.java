package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;

import java.util.List;
import java.util.Locale;

/// Translates calls on dates, times and intervals.
final class TemporalCalls {
    private static final long MILLIS_PER_SECOND = 1000;

    private final RexToRowExpression translator;

    TemporalCalls(RexToRowExpression translator) {
        this.translator = translator;
    }

    private static Type type(RexNode node) {
        return TypeMapping.toType(node.getType());
    }

    RowExpression extract(RexCall call) {
        RowExpression value = translator.translate(call.getOperands().get(1));
        return FunctionCalls.call(
                "extract_" + unit(call.getOperands().get(0)), List.of(value), type(call));
    }

    private static String unit(RexNode flag) {
        if (flag instanceof RexLiteral literal && literal.getValue() != null) {
            Object value = literal.getValue();
            String text =
                    value instanceof org.apache.calcite.util.NlsString s
                            ? s.getValue()
                            : value.toString();
            return text.toLowerCase(Locale.ROOT);
        }
        throw RexToRowExpression.unsupported("unit of time " + flag);
    }

    /// FLOOR and CEIL of numbers, or of times to a unit.
    RowExpression rounded(RexCall call) {
        boolean floor = call.getKind() == org.apache.calcite.sql.SqlKind.FLOOR;
        RowExpression value = translator.translate(call.getOperands().get(0));
        if (call.getOperands().size() == 1) {
            return FunctionCalls.call(floor ? "floor" : "ceil", List.of(value), type(call));
        }
        return FunctionCalls.call(
                floor ? "date_trunc" : "date_ceil",
                List.of(FunctionCalls.text(unit(call.getOperands().get(1))), value),
                type(call));
    }

    /// Reads an interval as its number of milliseconds or months, as Calcite means it.
    RowExpression reinterpret(RexCall call) {
        RowExpression value = translator.translate(call.getOperands().getFirst());
        Type wanted = type(call);
        if (value.type() == ScalarType.INTERVAL_DAY_TIME && Casts.isNumeric(wanted)) {
            return FunctionCalls.call(
                    "multiply",
                    List.of(
                            FunctionCalls.call("extract_epoch", List.of(value)),
                            FunctionCalls.bigint(MILLIS_PER_SECOND)),
                    wanted);
        }
        return Casts.to(value, wanted);
    }

    /// Adds and subtracts dates, times and intervals.
    RowExpression arithmetic(String name, RowExpression left, RowExpression right, Type wanted) {
        boolean dates = left.type() == ScalarType.DATE && right.type() == ScalarType.DATE;
        if (name.equals("subtract")
                && wanted == ScalarType.INTERVAL_YEAR_MONTH
                && !isInterval(left.type())) {
            RowExpression months =
                    FunctionCalls.call(
                            "date_diff", List.of(FunctionCalls.text("month"), right, left));
            return FunctionCalls.call("to_months", List.of(months), wanted);
        }
        if (dates && wanted == ScalarType.INTERVAL_DAY_TIME) {
            return FunctionCalls.call(
                    name,
                    List.of(
                            Casts.to(left, ScalarType.TIMESTAMP),
                            Casts.to(right, ScalarType.TIMESTAMP)),
                    wanted);
        }
        if (isDatetime(left.type())
                && isDatetime(right.type())
                && !left.type().equals(right.type())) {
            Type common = Casts.common(left.type(), right.type());
            return FunctionCalls.call(
                    name, List.of(Casts.to(left, common), Casts.to(right, common)), wanted);
        }
        if (left instanceof Literal literal && literal.type() == ScalarType.NULL
                || right instanceof Literal other && other.type() == ScalarType.NULL) {
            return new Literal(null, wanted);
        }
        return FunctionCalls.call(name, List.of(left, right), wanted);
    }

    private static boolean isInterval(Type type) {
        return type == ScalarType.INTERVAL_DAY_TIME || type == ScalarType.INTERVAL_YEAR_MONTH;
    }

    private static boolean isDatetime(Type type) {
        return type == ScalarType.DATE
                || type == ScalarType.TIMESTAMP
                || type == ScalarType.TIMESTAMP_TZ;
    }
}
