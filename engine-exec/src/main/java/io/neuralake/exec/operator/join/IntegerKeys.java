package io.neuralake.exec.operator.join;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;

/// Reads key columns whose values are integers of at most 64 bits.
final class IntegerKeys {

    private IntegerKeys() {}

    /// Tells whether values of the type are integers: integers, Booleans, short decimals, dates,
    /// times.
    static boolean isInteger(Type type) {
        return type != ScalarType.NULL
                && switch (type.physical()) {
                    case BIT, INT8, INT16, INT32, INT64 -> true;
                    case INT128, FLOAT32, FLOAT64, VIEW, LIST, STRUCT -> false;
                };
    }

    /// Writes `count` values from row `from` on as int64. Values of null rows have no meaning.
    static void read(Column column, int from, int count, MemorySegment to) {
        switch (column) {
            case FlatColumn flat -> readFlat(flat, from, count, to);
            case ConstantColumn constant -> {
                readFlat((FlatColumn) constant.single(), 0, 1, to);
                long value = NativeMemory.getLong(to, 0);
                for (int i = 1; i < count; i++) {
                    NativeMemory.setLong(to, (long) i << 3, value);
                }
            }
            case DictionaryColumn dictionary -> readCodes(dictionary, from, count, to);
            default ->
                    throw new IllegalStateException(
                            "Not an integer column: " + column.type().sql());
        }
    }

    private static void readFlat(FlatColumn column, int from, int count, MemorySegment to) {
        PhysicalType type = column.type().physical();
        if (type == PhysicalType.BIT) {
            for (int i = 0; i < count; i++) {
                NativeMemory.setLong(
                        to, (long) i << 3, Bitmap.get(column.values(), from + i) ? 1 : 0);
            }
            return;
        }
        long width = type.width();
        MemorySegment values = column.values().asSlice(from * width, count * width);
        switch (type) {
            case INT8 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setLong(to, (long) i << 3, NativeMemory.getByte(values, i));
                }
            }
            case INT16 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setLong(
                            to, (long) i << 3, NativeMemory.getShort(values, (long) i << 1));
                }
            }
            case INT32 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setLong(
                            to, (long) i << 3, NativeMemory.getInt(values, (long) i << 2));
                }
            }
            case INT64 -> MemorySegment.copy(values, 0, to, 0, (long) count << 3);
            default ->
                    throw new IllegalStateException(
                            "Not an integer column: " + column.type().sql());
        }
    }

    private static void readCodes(DictionaryColumn column, int from, int count, MemorySegment to) {
        MemorySegment codes = column.codes().asSlice((long) from << 2, (long) count << 2);
        FlatColumn dictionary = (FlatColumn) column.dictionary();
        MemorySegment values = dictionary.values();
        MemorySegment memory = StringView.MEMORY;
        long base = values.address();
        switch (dictionary.type().physical()) {
            case BIT -> {
                for (int i = 0; i < count; i++) {
                    int code = NativeMemory.getInt(codes, (long) i << 2);
                    NativeMemory.setLong(to, (long) i << 3, Bitmap.get(values, code) ? 1 : 0);
                }
            }
            case INT8 -> {
                for (int i = 0; i < count; i++) {
                    int code = NativeMemory.getInt(codes, (long) i << 2);
                    NativeMemory.setLong(
                            to, (long) i << 3, NativeMemory.getByte(memory, base + code));
                }
            }
            case INT16 -> {
                for (int i = 0; i < count; i++) {
                    long at = base + ((long) NativeMemory.getInt(codes, (long) i << 2) << 1);
                    NativeMemory.setLong(to, (long) i << 3, NativeMemory.getShort(memory, at));
                }
            }
            case INT32 -> {
                for (int i = 0; i < count; i++) {
                    long at = base + ((long) NativeMemory.getInt(codes, (long) i << 2) << 2);
                    NativeMemory.setLong(to, (long) i << 3, NativeMemory.getInt(memory, at));
                }
            }
            case INT64 -> {
                for (int i = 0; i < count; i++) {
                    long at = base + ((long) NativeMemory.getInt(codes, (long) i << 2) << 3);
                    NativeMemory.setLong(to, (long) i << 3, NativeMemory.getLong(memory, at));
                }
            }
            default ->
                    throw new IllegalStateException(
                            "Not an integer column: " + column.type().sql());
        }
    }
}
