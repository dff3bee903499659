package io.neuralake.connector.parquet.filter;

import io.neuralake.spi.expression.ScanPredicate;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// What is known of a run of values. Bounds are in the comparable form of [Values].
///
/// @param minimum no value that is neither null nor NaN is below; null when unknown
/// @param maximum none is above; null when unknown
/// @param nulls number of nulls, -1 when unknown
/// @param rows number of values, nulls included
/// @param nan true when some values may be NaN, which sort above all others
public record ValueBounds(
        @Nullable Object minimum, @Nullable Object maximum, long nulls, long rows, boolean nan) {
    /// Returns the bounds of a value that all rows have.
    ///
    /// @param value in Java form, or null
    public static ValueBounds ofConstant(@Nullable Object value, long rows) {
        if (value == null) {
            return new ValueBounds(null, null, rows, rows, false);
        }
        Object bound = Values.comparable(value);
        return Values.isNaN(bound)
                ? new ValueBounds(null, null, 0, rows, true)
                : new ValueBounds(bound, bound, 0, rows, false);
    }

    /// Tells whether all values are known to be null.
    public boolean allNull() {
        return nulls == rows;
    }

    /// Returns bounds that hold the other ones too; null when they cannot be compared.
    public @Nullable ValueBounds merge(Object otherMinimum, Object otherMaximum) {
        Integer low = minimum == null ? null : Values.compare(minimum, otherMinimum);
        Integer high = maximum == null ? null : Values.compare(maximum, otherMaximum);
        return low == null || high == null
                ? null
                : new ValueBounds(
                        low <= 0 ? minimum : otherMinimum,
                        high >= 0 ? maximum : otherMaximum,
                        -1,
                        rows,
                        nan);
    }

    /// Tells whether all values lie on one side of all the other's.
    public boolean disjoint(ValueBounds other) {
        return before(this, other) || before(other, this);
    }

    private static boolean before(ValueBounds left, ValueBounds right) {
        if (left.maximum == null || right.minimum == null) {
            return false;
        }
        Integer order = Values.compare(left.maximum, right.minimum);
        return order != null && order <= 0;
    }

    /// Tells whether a value may fulfil the comparison.
    boolean mayMatch(ScanPredicate.Operator operator, Object value) {
        if (allNull()) {
            return false;
        }
        Object operand = Values.comparable(value);
        if (Values.isNaN(operand)) {
            return true;
        }
        Integer low = minimum == null ? null : Values.compare(minimum, operand);
        Integer high = maximum == null ? null : Values.compare(maximum, operand);
        boolean someBelow = low == null || low < 0;
        boolean someAtMost = low == null || low <= 0;
        boolean someAbove = nan || high == null || high > 0;
        boolean someAtLeast = nan || high == null || high >= 0;
        return switch (operator) {
            case EQUAL -> someAtMost && (high == null || high >= 0);
            case NOT_EQUAL -> nan || low == null || high == null || low != 0 || high != 0;
            case LESS -> someBelow;
            case LESS_OR_EQUAL -> someAtMost;
            case GREATER -> someAbove;
            case GREATER_OR_EQUAL -> someAtLeast;
        };
    }

    /// Tells whether a value may be null, or with `isNull` false whether one may not be.
    boolean mayBeNull(boolean isNull) {
        return isNull ? nulls != 0 : !allNull();
    }

    /// Tells whether a value may begin with `prefix`.
    boolean mayBegin(String prefix) {
        if (allNull()) {
            return false;
        }
        byte[] bytes = prefix.getBytes(StandardCharsets.UTF_8);
        boolean fits = true;
        if (minimum instanceof byte[] low) {
            int n = Math.min(low.length, bytes.length);
            fits = Arrays.compareUnsigned(low, 0, n, bytes, 0, n) <= 0;
        }
        if (maximum instanceof byte[] high) {
            fits &= Arrays.compareUnsigned(high, bytes) >= 0;
        }
        return fits;
    }
}
