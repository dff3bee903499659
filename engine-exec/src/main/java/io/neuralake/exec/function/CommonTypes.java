package io.neuralake.exec.function;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.util.List;

/// Derives the types of arithmetic and the least type that holds the values of several.
public final class CommonTypes {
    private static final int MAX_DIGITS = DecimalType.MAX_PRECISION;
    private static final int MIN_DIVISION_SCALE = 12;

    private CommonTypes() {}

    /// Returns the least type to which values of all types convert without loss where one exists.
    /// Throws TYPE_MISMATCH otherwise.
    public static Type least(List<Type> types) {
        Type result = ScalarType.NULL;
        for (Type type : types) {
            result = least(result, type);
        }
        return result;
    }

    /// Returns the least type to which values of both types convert.
    public static Type least(Type left, Type right) {
        if (left.equals(right) || right == ScalarType.NULL) {
            return left;
        }
        if (left == ScalarType.NULL) {
            return right;
        }
        if (TypeFamily.NUMERIC.contains(left) && TypeFamily.NUMERIC.contains(right)) {
            return leastNumeric(left, right);
        }
        if (TypeFamily.DATETIME.contains(left) && TypeFamily.DATETIME.contains(right)) {
            return left == ScalarType.TIMESTAMP_TZ || right == ScalarType.TIMESTAMP_TZ
                    ? ScalarType.TIMESTAMP_TZ
                    : ScalarType.TIMESTAMP;
        }
        if (left instanceof ListType l && right instanceof ListType r) {
            return new ListType(least(l.element(), r.element()));
        }
        if (left instanceof MapType l && right instanceof MapType r) {
            return new MapType(least(l.key(), r.key()), least(l.value(), r.value()));
        }
        throw new NeuralakeException(
                ErrorCode.TYPE_MISMATCH,
                "Types have no common type: " + left.sql() + ", " + right.sql());
    }

    private static Type leastNumeric(Type left, Type right) {
        if (left == ScalarType.DOUBLE || right == ScalarType.DOUBLE) {
            return ScalarType.DOUBLE;
        }
        if (left == ScalarType.REAL || right == ScalarType.REAL) {
            return left instanceof DecimalType || right instanceof DecimalType
                    ? ScalarType.DOUBLE
                    : ScalarType.REAL;
        }
        if (left instanceof DecimalType || right instanceof DecimalType) {
            DecimalType l = decimalOf(left);
            DecimalType r = decimalOf(right);
            int scale = Math.max(l.scale(), r.scale());
            int whole = Math.max(l.precision() - l.scale(), r.precision() - r.scale());
            return decimal(whole + scale, scale);
        }
        return left.physical().width() >= right.physical().width() ? left : right;
    }

    /// Returns the decimal that holds all values of an exact type.
    public static DecimalType decimalOf(Type type) {
        return switch (type) {
            case DecimalType decimal -> decimal;
            case ScalarType.TINYINT -> new DecimalType(3, 0);
            case ScalarType.SMALLINT -> new DecimalType(5, 0);
            case ScalarType.INTEGER -> new DecimalType(10, 0);
            case ScalarType.BIGINT -> new DecimalType(19, 0);
            case ScalarType.NULL -> new DecimalType(1, 0);
            default ->
                    throw new NeuralakeException(
                            ErrorCode.TYPE_MISMATCH, "Not an exact number: " + type.sql());
        };
    }

    /// Returns a decimal whose precision is cut to 38 digits.
    public static DecimalType decimal(int precision, int scale) {
        int kept = Math.min(scale, MAX_DIGITS);
        return new DecimalType(Math.min(Math.max(Math.max(precision, kept), 1), MAX_DIGITS), kept);
    }

    /// Returns the type of a sum or difference.
    public static Type sum(Type left, Type right) {
        if (left instanceof DecimalType || right instanceof DecimalType) {
            if (floating(left, right)) {
                return ScalarType.DOUBLE;
            }
            DecimalType l = decimalOf(left);
            DecimalType r = decimalOf(right);
            int scale = Math.max(l.scale(), r.scale());
            int whole = Math.max(l.precision() - l.scale(), r.precision() - r.scale());
            return decimal(whole + scale + 1, scale);
        }
        return least(left, right);
    }

    /// Returns the type of a product.
    public static Type product(Type left, Type right) {
        if (left instanceof DecimalType || right instanceof DecimalType) {
            if (floating(left, right)) {
                return ScalarType.DOUBLE;
            }
            DecimalType l = decimalOf(left);
            DecimalType r = decimalOf(right);
            return decimal(l.precision() + r.precision(), l.scale() + r.scale());
        }
        return least(left, right);
    }

    /// Returns the type of a quotient.
    public static Type quotient(Type left, Type right) {
        if (left instanceof DecimalType || right instanceof DecimalType) {
            if (floating(left, right)) {
                return ScalarType.DOUBLE;
            }
            DecimalType l = decimalOf(left);
            DecimalType r = decimalOf(right);
            int whole = Math.min(MAX_DIGITS, l.precision() - l.scale() + r.scale());
            int wanted = Math.max(MIN_DIVISION_SCALE, l.scale() + r.precision() + 1);
            int scale =
                    Math.max(
                            Math.max(MIN_DIVISION_SCALE, l.scale()),
                            Math.min(wanted, MAX_DIGITS - whole));
            return decimal(whole + scale, scale);
        }
        return least(left, right);
    }

    /// Returns the type of a remainder.
    public static Type remainder(Type left, Type right) {
        if (left instanceof DecimalType || right instanceof DecimalType) {
            if (floating(left, right)) {
                return ScalarType.DOUBLE;
            }
            DecimalType l = decimalOf(left);
            DecimalType r = decimalOf(right);
            int scale = Math.max(l.scale(), r.scale());
            int whole = Math.min(l.precision() - l.scale(), r.precision() - r.scale());
            return decimal(Math.max(1, whole + scale), scale);
        }
        return least(left, right);
    }

    private static boolean floating(Type left, Type right) {
        return TypeFamily.FLOATING.contains(left) && left != ScalarType.NULL
                || TypeFamily.FLOATING.contains(right) && right != ScalarType.NULL;
    }
}
