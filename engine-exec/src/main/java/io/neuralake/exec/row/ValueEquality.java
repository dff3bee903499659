package io.neuralake.exec.row;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.type.PhysicalType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Compares single values of columns of every type and form, as keys are compared: null equals null
/// (also inside of nested values), NaN equals NaN, -0.0 equals 0.0. Integers of different width, REAL
/// and DOUBLE, and decimals of one scale are comparable with each other. For the few rows that a
/// loop over a column leaves undecided; it decides type and form at each call.
public final class ValueEquality {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private ValueEquality() {}

    /// Tells whether two values are equal or both null.
    public static boolean equal(Column left, int leftRow, Column right, int rightRow) {
        boolean leftNull = left.isNull(leftRow);
        if (leftNull || right.isNull(rightRow)) {
            return leftNull && right.isNull(rightRow);
        }
        Column l = left;
        int i = leftRow;
        if (left instanceof DictionaryColumn d) {
            l = d.dictionary();
            i = d.codes().get(INT, (long) leftRow << 2);
        } else if (left instanceof ConstantColumn c) {
            l = c.single();
            i = 0;
        }
        Column r = right;
        int j = rightRow;
        if (right instanceof DictionaryColumn d) {
            r = d.dictionary();
            j = d.codes().get(INT, (long) rightRow << 2);
        } else if (right instanceof ConstantColumn c) {
            r = c.single();
            j = 0;
        }
        return switch (l) {
            case ViewColumn v ->
                    StringView.equal(
                            v.views(), (long) i << 4, ((ViewColumn) r).views(), (long) j << 4);
            case FlatColumn f -> flat(f, i, (FlatColumn) r, j);
            case ListColumn list -> lists(list, i, (ListColumn) r, j);
            case StructColumn struct -> structs(struct, i, (StructColumn) r, j);
            case DictionaryColumn _, ConstantColumn _ ->
                    throw new IllegalStateException("Nested dictionary or constant");
        };
    }

    private static boolean flat(FlatColumn left, int i, FlatColumn right, int j) {
        PhysicalType l = left.type().physical();
        PhysicalType r = right.type().physical();
        if (isFloat(l)) {
            double a = float64(left.values(), l, i);
            double b = float64(right.values(), r, j);
            return a == b || Double.isNaN(a) && Double.isNaN(b);
        }
        return low(left.values(), l, i) == low(right.values(), r, j)
                && high(left.values(), l, i) == high(right.values(), r, j);
    }

    private static boolean isFloat(PhysicalType type) {
        return type == PhysicalType.FLOAT32 || type == PhysicalType.FLOAT64;
    }

    private static double float64(MemorySegment values, PhysicalType type, int row) {
        return type == PhysicalType.FLOAT32
                ? values.get(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) row << 2)
                : values.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, (long) row << 3);
    }

    private static long low(MemorySegment values, PhysicalType type, int row) {
        return switch (type) {
            case BIT -> Bitmap.get(values, row) ? 1 : 0;
            case INT8 -> values.get(ValueLayout.JAVA_BYTE, row);
            case INT16 -> values.get(ValueLayout.JAVA_SHORT_UNALIGNED, (long) row << 1);
            case INT32 -> values.get(INT, (long) row << 2);
            case INT64 -> values.get(LONG, (long) row << 3);
            case INT128 -> values.get(LONG, (long) row << 4);
            case FLOAT32, FLOAT64, VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not an integer: " + type);
        };
    }

    private static long high(MemorySegment values, PhysicalType type, int row) {
        return type == PhysicalType.INT128
                ? values.get(LONG, ((long) row << 4) + 8)
                : low(values, type, row) >> 63;
    }

    private static boolean lists(ListColumn left, int i, ListColumn right, int j) {
        int a = left.offsets().get(INT, (long) i << 2);
        int b = right.offsets().get(INT, (long) j << 2);
        int length = left.offsets().get(INT, ((long) i << 2) + 4) - a;
        if (right.offsets().get(INT, ((long) j << 2) + 4) - b != length) {
            return false;
        }
        for (int k = 0; k < length; k++) {
            if (!equal(left.child(), a + k, right.child(), b + k)) {
                return false;
            }
        }
        return true;
    }

    private static boolean structs(StructColumn left, int i, StructColumn right, int j) {
        for (int k = 0; k < left.children().size(); k++) {
            if (!equal(left.children().get(k), i, right.children().get(k), j)) {
                return false;
            }
        }
        return true;
    }
}
