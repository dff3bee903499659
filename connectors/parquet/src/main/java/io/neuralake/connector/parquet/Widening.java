package io.neuralake.connector.parquet;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Knows which types of one column in several files have a common type without loss.
final class Widening {
    private static final List<ScalarType> INTEGERS =
            List.of(ScalarType.TINYINT, ScalarType.SMALLINT, ScalarType.INTEGER, ScalarType.BIGINT);

    private Widening() {}

    /// Returns the common type, or null when there is none.
    static @Nullable Type common(Type left, Type right) {
        if (left.equals(right)) {
            return left;
        }
        int l = INTEGERS.indexOf(left);
        int r = INTEGERS.indexOf(right);
        if (l >= 0 && r >= 0) {
            return INTEGERS.get(Math.max(l, r));
        }
        if (floating(left) && floating(right)) {
            return ScalarType.DOUBLE;
        }
        if (left instanceof DecimalType a
                && right instanceof DecimalType b
                && a.scale() == b.scale()) {
            return a.precision() > b.precision() ? a : b;
        }
        return sameShape(left, right) ? left : null;
    }

    /// Tells whether values of a file's type can be read as the table's type without loss: by
    /// [#common], or as Delta's type widening allows.
    static boolean widens(Type from, Type to) {
        if (to.equals(common(from, to))) {
            return true;
        }
        boolean integer = from instanceof ScalarType scalar && INTEGERS.contains(scalar);
        if (to == ScalarType.DOUBLE) {
            return integer && from != ScalarType.BIGINT;
        }
        if (to instanceof DecimalType wide) {
            if (from instanceof DecimalType narrow) {
                return wide.scale() >= narrow.scale()
                        && wide.precision() - wide.scale() >= narrow.precision() - narrow.scale();
            }
            return integer && wide.precision() - wide.scale() >= digits(from);
        }
        return from == ScalarType.DATE && to == ScalarType.TIMESTAMP;
    }

    /// Returns the decimal digits that the largest value has.
    private static int digits(Type integer) {
        return switch (INTEGERS.indexOf(integer)) {
            case 0 -> 3;
            case 1 -> 5;
            case 2 -> 10;
            default -> 19;
        };
    }

    /// Tells whether nested types differ in what their members' nullability says only.
    private static boolean sameShape(Type left, Type right) {
        if (left instanceof StructType a && right instanceof StructType b) {
            List<String> names = new ArrayList<>();
            for (Field field : a.fields()) {
                names.add(field.name());
            }
            for (int i = 0; i < b.fields().size(); i++) {
                if (i >= names.size()
                        || !names.get(i).equals(b.fields().get(i).name())
                        || !sameShape(a.fields().get(i).type(), b.fields().get(i).type())) {
                    return false;
                }
            }
            return names.size() == b.fields().size();
        }
        if (left instanceof ListType a && right instanceof ListType b) {
            return sameShape(a.element(), b.element());
        }
        if (left instanceof MapType a && right instanceof MapType b) {
            return sameShape(a.key(), b.key()) && sameShape(a.value(), b.value());
        }
        return left.equals(right);
    }

    private static boolean floating(Type type) {
        return type == ScalarType.REAL || type == ScalarType.DOUBLE;
    }
}
