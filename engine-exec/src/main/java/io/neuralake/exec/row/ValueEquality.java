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
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;

import java.lang.foreign.MemorySegment;

/// Compares single values of columns of every type and form, as keys are compared: null equals null
/// (also inside of nested values), NaN equals NaN, -0.0 equals 0.0. Integers of different width, REAL
/// and DOUBLE, and decimals of one scale are comparable with each other. For the few rows that a
/// loop over a column leaves undecided; it decides type and form at each call.
public final class ValueEquality {

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
            i = NativeMemory.getInt(d.codes(), (long) leftRow << 2);
        } else if (left instanceof ConstantColumn c) {
            l = c.single();
            i = 0;
        }
        Column r = right;
        int j = rightRow;
        if (right instanceof DictionaryColumn d) {
            r = d.dictionary();
            j = NativeMemory.getInt(d.codes(), (long) rightRow << 2);
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
                ? NativeMemory.getFloat(values, (long) row << 2)
                : NativeMemory.getDouble(values, (long) row << 3);
    }

    private static long low(MemorySegment values, PhysicalType type, int row) {
        return switch (type) {
            case BIT -> Bitmap.get(values, row) ? 1 : 0;
            case INT8 -> NativeMemory.getByte(values, row);
            case INT16 -> NativeMemory.getShort(values, (long) row << 1);
            case INT32 -> NativeMemory.getInt(values, (long) row << 2);
            case INT64 -> NativeMemory.getLong(values, (long) row << 3);
            case INT128 -> NativeMemory.getLong(values, (long) row << 4);
            case FLOAT32, FLOAT64, VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not an integer: " + type);
        };
    }

    private static long high(MemorySegment values, PhysicalType type, int row) {
        return type == PhysicalType.INT128
                ? NativeMemory.getLong(values, ((long) row << 4) + 8)
                : low(values, type, row) >> 63;
    }

    private static boolean lists(ListColumn left, int i, ListColumn right, int j) {
        int a = NativeMemory.getInt(left.offsets(), (long) i << 2);
        int b = NativeMemory.getInt(right.offsets(), (long) j << 2);
        int length = NativeMemory.getInt(left.offsets(), ((long) i << 2) + 4) - a;
        if (NativeMemory.getInt(right.offsets(), ((long) j << 2) + 4) - b != length) {
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
