package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Cast;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.function.CommonTypes;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.util.List;

/// Puts casts where operands' types differ; casts constants at once where that is exact.
final class Casts {
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private Casts() {}

    /// Converts an expression to a type.
    static RowExpression to(RowExpression value, Type type) {
        if (value.type().equals(type)) {
            return value;
        }
        if (value instanceof Literal literal) {
            if (literal.value() == null) {
                return new Literal(null, type);
            }
            Object exact = exact(literal.value(), literal.type(), type);
            if (exact != null) {
                return new Literal(exact, type);
            }
        }
        return new Cast(value, type, false);
    }

    /// Converts a value in Java form to another type; null where that would change it.
    static @Nullable Object exact(Object value, Type from, Type to) {
        if (from.equals(to)) {
            return value;
        }
        if (value instanceof Long days && from == ScalarType.DATE && to == ScalarType.TIMESTAMP) {
            return days * MICROS_PER_DAY;
        }
        if (value instanceof Long micros && from == ScalarType.TIMESTAMP && to == ScalarType.DATE) {
            return micros % MICROS_PER_DAY == 0 ? micros / MICROS_PER_DAY : null;
        }
        return isNumeric(from) && isNumeric(to) ? exactNumber(value, to) : null;
    }

    private static @Nullable Object exactNumber(Object value, Type to) {
        BigDecimal number =
                switch (value) {
                    case Long l -> BigDecimal.valueOf(l);
                    case BigDecimal d -> d;
                    case Double d when Double.isFinite(d) -> new BigDecimal(d);
                    default -> null;
                };
        if (number == null) {
            return null;
        }
        return switch (to) {
            case DecimalType decimal -> fitted(number, decimal);
            case ScalarType.DOUBLE -> number.doubleValue();
            case ScalarType.REAL -> (double) number.floatValue();
            case ScalarType.BIGINT -> whole(number, Long.MIN_VALUE, Long.MAX_VALUE);
            case ScalarType.INTEGER -> whole(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case ScalarType.SMALLINT -> whole(number, Short.MIN_VALUE, Short.MAX_VALUE);
            case ScalarType.TINYINT -> whole(number, Byte.MIN_VALUE, Byte.MAX_VALUE);
            default -> null;
        };
    }

    private static @Nullable BigDecimal fitted(BigDecimal number, DecimalType type) {
        BigDecimal stripped = number.stripTrailingZeros();
        if (stripped.scale() > type.scale()) {
            return null;
        }
        BigDecimal scaled = number.setScale(type.scale(), java.math.RoundingMode.UNNECESSARY);
        return scaled.precision() > type.precision() && scaled.signum() != 0 ? null : scaled;
    }

    private static @Nullable Long whole(BigDecimal number, long min, long max) {
        if (number.stripTrailingZeros().scale() > 0
                || number.compareTo(BigDecimal.valueOf(min)) < 0
                || number.compareTo(BigDecimal.valueOf(max)) > 0) {
            return null;
        }
        return number.longValueExact();
    }

    /// Brings the operands of a comparison to types that can be compared: equal ones, or decimals and
    /// integers as they are.
    static List<RowExpression> comparable(RowExpression left, RowExpression right) {
        Type l = left.type();
        Type r = right.type();
        if (l.equals(r)) {
            return List.of(left, right);
        }
        if (right instanceof Literal literal && fits(literal, l)) {
            return List.of(left, to(right, l));
        }
        if (left instanceof Literal literal && fits(literal, r)) {
            return List.of(to(left, r), right);
        }
        boolean decimal = l instanceof DecimalType || r instanceof DecimalType;
        if (decimal && isExact(l) && isExact(r)) {
            return List.of(left, right);
        }
        Type common = l == ScalarType.REAL || r == ScalarType.REAL ? wide(l, r) : common(l, r);
        return List.of(to(left, common), to(right, common));
    }

    private static Type wide(Type l, Type r) {
        return isNumeric(l) && isNumeric(r) ? ScalarType.DOUBLE : common(l, r);
    }

    /// Returns the type to which both sides of an equality are cast.
    static Type common(Type l, Type r) {
        if (l.equals(r)) {
            return l;
        }
        if (l == ScalarType.VARCHAR && r instanceof ScalarType && r != ScalarType.NULL) {
            return r;
        }
        if (r == ScalarType.VARCHAR && l instanceof ScalarType && l != ScalarType.NULL) {
            return l;
        }
        return CommonTypes.least(l, r);
    }

    private static boolean fits(Literal literal, Type type) {
        if (literal.value() == null) {
            return true;
        }
        boolean floating = literal.type() == ScalarType.DOUBLE || literal.type() == ScalarType.REAL;
        if (floating && type != ScalarType.DOUBLE) {
            return false;
        }
        return exact(literal.value(), literal.type(), type) != null && (type != ScalarType.REAL);
    }

    static boolean isNumeric(Type type) {
        return isExact(type) || type == ScalarType.REAL || type == ScalarType.DOUBLE;
    }

    static boolean isExact(Type type) {
        return type instanceof DecimalType || isInteger(type);
    }

    static boolean isInteger(Type type) {
        return type instanceof ScalarType scalar
                && switch (scalar) {
                    case TINYINT, SMALLINT, INTEGER, BIGINT -> true;
                    default -> false;
                };
    }
}
