package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.ListColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.StructColumn;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/// Encodes lists, maps and structs into bytes that are equal exactly when the values are, so that
/// they can be grouped like strings.
final class NestedKeys {
    private NestedKeys() {}

    /// Returns views of the encoded values, by position; bytes and views lie in the scratch.
    static MemorySegment encode(Column column, RowSet rows, BatchScratch scratch) {
        MemorySegment views = scratch.take((long) rows.count() * StringView.BYTES);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < rows.count(); i++) {
            bytes.reset();
            put(column, rows.row(i), bytes);
            MemorySegment copy = scratch.take(Math.max(16, bytes.size()));
            MemorySegment.copy(
                    bytes.toByteArray(), 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.size());
            StringView.write(views, (long) i * StringView.BYTES, copy.address(), bytes.size());
        }
        return views;
    }

    private static void put(Column column, int row, ByteArrayOutputStream out) {
        if (column.type() == ScalarType.NULL || column.isNull(row)) {
            out.write(0);
            return;
        }
        switch (column) {
            case ConstantColumn constant -> put(constant.single(), 0, out);
            case DictionaryColumn dictionary ->
                    put(
                            dictionary.dictionary(),
                            NativeMemory.getInt(dictionary.codes(), 4L * row),
                            out);
            case ListColumn list -> {
                int from = NativeMemory.getInt(list.offsets(), 4L * row);
                int to = NativeMemory.getInt(list.offsets(), 4L * row + 4);
                out.write(1);
                putInt(to - from, out);
                for (int i = from; i < to; i++) {
                    put(list.child(), i, out);
                }
            }
            case StructColumn struct -> {
                out.write(1);
                struct.children().forEach(child -> put(child, row, out));
            }
            case ViewColumn views -> {
                byte[] value = StringView.bytes(views.views(), (long) row * StringView.BYTES);
                out.write(1);
                putInt(value.length, out);
                out.writeBytes(value);
            }
            case FlatColumn flat -> {
                out.write(1);
                putFlat(flat, row, out);
            }
        }
    }

    private static void putFlat(FlatColumn flat, int row, ByteArrayOutputStream out) {
        MemorySegment v = flat.values();
        switch (flat.type().physical()) {
            case FLOAT32 ->
                    putLong(Double.doubleToLongBits(NativeMemory.getFloat(v, 4L * row) + 0.0), out);
            case FLOAT64 ->
                    putLong(
                            Double.doubleToLongBits(NativeMemory.getDouble(v, 8L * row) + 0.0),
                            out);
            case BIT -> out.write(Boolean.TRUE.equals(flat.value(row)) ? 1 : 0);
            default -> {
                int width = flat.type().physical().width();
                for (int i = 0; i < width; i++) {
                    out.write(NativeMemory.getByte(v, (long) row * width + i));
                }
            }
        }
    }

    private static void putInt(int value, ByteArrayOutputStream out) {
        out.writeBytes(ByteBuffer.allocate(4).putInt(value).array());
    }

    private static void putLong(long value, ByteArrayOutputStream out) {
        out.writeBytes(ByteBuffer.allocate(8).putLong(value).array());
    }
}
