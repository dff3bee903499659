package io.neuralake.exec.function;

import io.neuralake.exec.kernel.Int128;
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

import java.lang.foreign.MemorySegment;

/// Compares single values of any type and form, recursively. Nulls within lists and structs are
/// equal to each other and greater than values; NaN is the greatest number. For nested types and
/// single rows, not for loops over flat columns.
public final class RowComparison {

    private RowComparison() {}

    /// Compares row `i` of one column with row `j` of another of the same type; null is greatest.
    public static int compare(Column left, int i, Column right, int j) {
        boolean leftNull = left.isNull(i);
        boolean rightNull = right.isNull(j);
        if (leftNull || rightNull) {
            return Boolean.compare(leftNull, rightNull);
        }
        if (left instanceof DictionaryColumn d) {
            return compare(d.dictionary(), NativeMemory.getInt(d.codes(), (long) i << 2), right, j);
        }
        if (right instanceof DictionaryColumn d) {
            return compare(left, i, d.dictionary(), NativeMemory.getInt(d.codes(), (long) j << 2));
        }
        if (left instanceof ConstantColumn c) {
            return compare(c.single(), 0, right, j);
        }
        if (right instanceof ConstantColumn c) {
            return compare(left, i, c.single(), 0);
        }
        return switch (left) {
            case ListColumn l -> lists(l, i, (ListColumn) right, j);
            case StructColumn s -> structs(s, i, (StructColumn) right, j);
            case ViewColumn v ->
                    StringView.compare(
                            v.views(), (long) i << 4, ((ViewColumn) right).views(), (long) j << 4);
            case FlatColumn f -> flat(f, i, ((FlatColumn) right).values(), j);
            default -> throw new IllegalStateException("Not a flat form");
        };
    }

    private static int lists(ListColumn left, int i, ListColumn right, int j) {
        int a = NativeMemory.getInt(left.offsets(), 4L * i);
        int b = NativeMemory.getInt(right.offsets(), 4L * j);
        int aEnd = NativeMemory.getInt(left.offsets(), 4L * i + 4);
        int bEnd = NativeMemory.getInt(right.offsets(), 4L * j + 4);
        while (a < aEnd && b < bEnd) {
            int compared = compare(left.child(), a++, right.child(), b++);
            if (compared != 0) {
                return compared;
            }
        }
        return Integer.compare(aEnd - a, bEnd - b);
    }

    private static int structs(StructColumn left, int i, StructColumn right, int j) {
        for (int f = 0; f < left.children().size(); f++) {
            int compared = compare(left.children().get(f), i, right.children().get(f), j);
            if (compared != 0) {
                return compared;
            }
        }
        return 0;
    }

    private static int flat(FlatColumn column, int i, MemorySegment r, int j) {
        MemorySegment l = column.values();
        return switch (column.type().physical()) {
            case BIT -> Boolean.compare(Bitmap.get(l, i), Bitmap.get(r, j));
            case INT8 -> Byte.compare(NativeMemory.getByte(l, i), NativeMemory.getByte(r, j));
            case INT16 ->
                    Short.compare(
                            NativeMemory.getShort(l, 2L * i), NativeMemory.getShort(r, 2L * j));
            case INT32 ->
                    Integer.compare(NativeMemory.getInt(l, 4L * i), NativeMemory.getInt(r, 4L * j));
            case INT64 ->
                    Long.compare(NativeMemory.getLong(l, 8L * i), NativeMemory.getLong(r, 8L * j));
            case INT128 ->
                    Int128.compare(
                            Int128.low(l, i),
                            Int128.high(l, i),
                            Int128.low(r, j),
                            Int128.high(r, j));
            // adding 0.0 turns -0.0 into 0.0
            case FLOAT32 ->
                    Float.compare(
                            NativeMemory.getFloat(l, 4L * i) + 0f,
                            NativeMemory.getFloat(r, 4L * j) + 0f);
            case FLOAT64 ->
                    Double.compare(
                            NativeMemory.getDouble(l, 8L * i) + 0.0,
                            NativeMemory.getDouble(r, 8L * j) + 0.0);
            case VIEW, LIST, STRUCT -> throw new IllegalStateException("Not a flat type");
        };
    }
}
