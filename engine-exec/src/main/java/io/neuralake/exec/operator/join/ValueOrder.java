package io.neuralake.exec.operator.join;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;

/// Orders values that are not null: numbers by value (NaN greatest), text by code points. Integers of
/// different width and decimals of one scale are comparable with each other.
final class ValueOrder {

    private ValueOrder() {}

    /// Throws UNSUPPORTED for types without order.
    static void require(Type type) {
        if (type.physical() == PhysicalType.LIST || type.physical() == PhysicalType.STRUCT) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "ASOF JOIN cannot order values of type: " + type.sql());
        }
    }

    /// Compares two values.
    static int compare(Column left, int leftRow, Column right, int rightRow) {
        Column l = plain(left);
        Column r = plain(right);
        int i = plainRow(left, leftRow);
        int j = plainRow(right, rightRow);
        if (l instanceof ViewColumn a && r instanceof ViewColumn b) {
            return StringView.compare(a.views(), (long) i << 4, b.views(), (long) j << 4);
        }
        FlatColumn a = (FlatColumn) l;
        FlatColumn b = (FlatColumn) r;
        PhysicalType type = a.type().physical();
        if (type == PhysicalType.FLOAT32 || type == PhysicalType.FLOAT64) {
            // adding 0.0 makes -0.0 positive
            return Double.compare(float64(a, i) + 0.0, float64(b, j) + 0.0);
        }
        int high = Long.compare(high(a, i), high(b, j));
        return high != 0 ? high : Long.compareUnsigned(low(a, i), low(b, j));
    }

    private static Column plain(Column column) {
        return switch (column) {
            case DictionaryColumn dictionary -> dictionary.dictionary();
            case ConstantColumn constant -> constant.single();
            default -> column;
        };
    }

    private static int plainRow(Column column, int row) {
        return switch (column) {
            case DictionaryColumn dictionary ->
                    NativeMemory.getInt(dictionary.codes(), (long) row << 2);
            case ConstantColumn _ -> 0;
            default -> row;
        };
    }

    private static double float64(FlatColumn column, int row) {
        return column.type().physical() == PhysicalType.FLOAT32
                ? NativeMemory.getFloat(column.values(), (long) row << 2)
                : NativeMemory.getDouble(column.values(), (long) row << 3);
    }

    private static long low(FlatColumn column, int row) {
        MemorySegment values = column.values();
        return switch (column.type().physical()) {
            case BIT -> Bitmap.get(values, row) ? 1 : 0;
            case INT8 -> NativeMemory.getByte(values, row);
            case INT16 -> NativeMemory.getShort(values, (long) row << 1);
            case INT32 -> NativeMemory.getInt(values, (long) row << 2);
            case INT64 -> NativeMemory.getLong(values, (long) row << 3);
            case INT128 -> NativeMemory.getLong(values, (long) row << 4);
            case FLOAT32, FLOAT64, VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not an integer: " + column.type().sql());
        };
    }

    private static long high(FlatColumn column, int row) {
        return column.type().physical() == PhysicalType.INT128
                ? NativeMemory.getLong(column.values(), ((long) row << 4) + 8)
                : low(column, row) >> 63;
    }
}
