package io.neuralake.planner;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.planner.rule.ConstantEvaluator;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/// Evaluates what the planner's tests fold: arithmetic of numbers, of dates and intervals, casts of
/// texts. Anything else is UNSUPPORTED, and so stays.
final class SimpleEvaluator implements ConstantEvaluator {
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    @Override
    public @Nullable Object evaluate(RowExpression expression) {
        return switch (expression) {
            case RowExpression.Literal literal -> literal.value();
            case RowExpression.Cast cast ->
                    cast(evaluate(cast.value()), cast.value().type(), cast.type());
            case RowExpression.Call call when call.arguments().size() == 2 -> call(call);
            default -> throw unsupported(expression);
        };
    }

    private static NeuralakeException unsupported(Object what) {
        return new NeuralakeException(ErrorCode.UNSUPPORTED, "Not folded in tests: " + what);
    }

    private static @Nullable Object cast(@Nullable Object value, Type from, Type to) {
        if (value == null || from.equals(to)) {
            return value;
        }
        if (from == ScalarType.TIMESTAMP && to == ScalarType.DATE) {
            return Math.floorDiv((Long) value, MICROS_PER_DAY);
        }
        if (from == ScalarType.VARCHAR && to == ScalarType.DATE) {
            return LocalDate.parse((String) value).toEpochDay();
        }
        if (from == ScalarType.VARCHAR && to == ScalarType.TIMESTAMP) {
            return LocalDate.parse((String) value).toEpochDay() * MICROS_PER_DAY;
        }
        if (from == ScalarType.VARCHAR && to == ScalarType.BIGINT) {
            return Long.valueOf((String) value);
        }
        if (to instanceof DecimalType decimal) {
            return number(value).setScale(decimal.scale(), RoundingMode.HALF_UP);
        }
        if (to == ScalarType.DOUBLE) {
            return number(value).doubleValue();
        }
        throw unsupported(to);
    }

    private @Nullable Object call(RowExpression.Call call) {
        Object left = evaluate(call.arguments().get(0));
        Object right = evaluate(call.arguments().get(1));
        if (left == null || right == null) {
            return null;
        }
        Type type = call.arguments().get(0).type();
        if (type == ScalarType.DATE && call.type() == ScalarType.TIMESTAMP) {
            long amount = (Long) right * (call.function().equals("add") ? 1 : -1);
            LocalDateTime moved =
                    call.arguments().get(1).type() == ScalarType.INTERVAL_YEAR_MONTH
                            ? LocalDate.ofEpochDay((Long) left).plusMonths(amount).atStartOfDay()
                            : LocalDate.ofEpochDay((Long) left)
                                    .atStartOfDay()
                                    .plusSeconds(amount / 1_000_000);
            return moved.toEpochSecond(ZoneOffset.UTC) * 1_000_000;
        }
        BigDecimal l = number(left);
        BigDecimal r = number(right);
        return typed(
                switch (call.function()) {
                    case "add" -> l.add(r);
                    case "subtract" -> l.subtract(r);
                    case "multiply" -> l.multiply(r);
                    case "divide" -> divide(l, r);
                    default -> throw unsupported(call);
                },
                call.type());
    }

    private static BigDecimal divide(BigDecimal l, BigDecimal r) {
        if (r.signum() == 0) {
            throw new NeuralakeException(ErrorCode.DIVISION_BY_ZERO, "Division by zero");
        }
        return l.divide(r, RoundingMode.DOWN);
    }

    private static Object typed(BigDecimal value, Type type) {
        return switch (type) {
            case DecimalType decimal -> value.setScale(decimal.scale(), RoundingMode.HALF_UP);
            case ScalarType.DOUBLE, ScalarType.REAL -> value.doubleValue();
            default -> value.longValue();
        };
    }

    private static BigDecimal number(Object value) {
        return switch (value) {
            case BigDecimal d -> d;
            case Long l -> BigDecimal.valueOf(l);
            case Double d -> BigDecimal.valueOf(d);
            default -> throw unsupported(value);
        };
    }
}
