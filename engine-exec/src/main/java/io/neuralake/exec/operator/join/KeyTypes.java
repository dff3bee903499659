package io.neuralake.exec.operator.join;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Decides in which types keys are compared. Integers of different width, REAL and DOUBLE, and
/// decimals of one scale need no conversion: hashes and comparisons work by value.
final class KeyTypes {
    private KeyTypes() {}

    /// Returns, a key, the type to which both sides are cast, or null where they are compared as they
    /// are.
    static List<@Nullable Type> casts(
            Schema probe, List<Integer> probeKeys, Schema build, List<Integer> buildKeys) {
        List<@Nullable Type> casts = new ArrayList<>(probeKeys.size());
        for (int k = 0; k < probeKeys.size(); k++) {
            casts.add(
                    cast(
                            probe.field(probeKeys.get(k)).type(),
                            build.field(buildKeys.get(k)).type()));
        }
        return casts;
    }

    private static @Nullable Type cast(Type left, Type right) {
        boolean leftFloat = isFloat(left);
        boolean rightFloat = isFloat(right);
        if (leftFloat != rightFloat && digits(left, leftFloat) && digits(right, rightFloat)) {
            return ScalarType.DOUBLE;
        }
        if (leftFloat || rightFloat || scale(left) == scale(right)) {
            return null;
        }
        int scale = Math.max(scale(left), scale(right));
        int whole = Math.max(precision(left) - scale(left), precision(right) - scale(right));
        return new DecimalType(Math.min(DecimalType.MAX_PRECISION, whole + scale), scale);
    }

    private static boolean isFloat(Type type) {
        return type.physical() == PhysicalType.FLOAT32 || type.physical() == PhysicalType.FLOAT64;
    }

    private static boolean digits(Type type, boolean isFloat) {
        return isFloat || precision(type) > 0;
    }

    private static int scale(Type type) {
        return type instanceof DecimalType decimal ? decimal.scale() : 0;
    }

    /// Returns the digits of a number, 0 for other types.
    private static int precision(Type type) {
        return switch (type) {
            case DecimalType decimal -> decimal.precision();
            case ScalarType.TINYINT -> 3;
            case ScalarType.SMALLINT -> 5;
            case ScalarType.INTEGER -> 10;
            case ScalarType.BIGINT -> 19;
            default -> 0;
        };
    }
}
