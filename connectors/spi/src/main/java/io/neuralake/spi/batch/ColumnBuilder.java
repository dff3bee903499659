package io.neuralake.spi.batch;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Builds a flat column from Java values (see [Type]): literals, VALUES, metadata tables, tests. Not
/// for hot paths. Use [#of] for a list of values.
public final class ColumnBuilder {
    private ColumnBuilder() {}

    /// Builds a column of flat form. The caller owns the one reference.
    ///
    /// @param values Java forms, null for null
    public static Column of(MemoryAllocator allocator, Type type, List<?> values) {
        DataBuffer validity = validity(allocator, values);
        try {
            return of(allocator, type, values, validity);
        } catch (RuntimeException | Error e) {
            if (validity != null) {
                validity.release();
            }
            throw e;
        }
    }

    private static Column of(
            MemoryAllocator allocator, Type type, List<?> values, @Nullable DataBuffer validity) {
        int rows = values.size();
        return switch (type) {
            case StructType struct -> struct(allocator, struct, values, validity);
            case ListType list -> list(allocator, type, list.element(), values, validity);
            case MapType map -> list(allocator, type, map.entry(), values, validity);
            case ScalarType s when s.physical() == PhysicalType.VIEW ->
                    views(allocator, type, values, validity);
            case ScalarType _, DecimalType _ -> {
                int width = type.physical().width();
                boolean bits = type.physical() == PhysicalType.BIT;
                DataBuffer buffer =
                        allocator.allocateZeroed(bits ? Bitmap.bytes(rows) : (long) rows * width);
                try {
                    for (int i = 0; i < rows; i++) {
                        Object value = values.get(i);
                        if (value != null) {
                            put(buffer.segment(), i, type, value);
                        }
                    }
                } catch (RuntimeException e) {
                    buffer.release();
                    throw e;
                }
                yield new FlatColumn(type, rows, buffer, validity);
            }
        };
    }

    private static @Nullable DataBuffer validity(MemoryAllocator allocator, List<?> values) {
        if (values.stream().noneMatch(Objects::isNull)) {
            return null;
        }
        DataBuffer validity = allocator.allocateZeroed(Bitmap.bytes(values.size()));
        for (int i = 0; i < values.size(); i++) {
            Bitmap.set(validity.segment(), i, values.get(i) != null);
        }
        return validity;
    }

    private static void put(MemorySegment v, int row, Type type, Object value) {
        switch (type.physical()) {
            case BIT -> Bitmap.set(v, row, (Boolean) value);
            case INT8 -> v.set(ValueLayout.JAVA_BYTE, row, ((Number) value).byteValue());
            case INT16 ->
                    v.set(
                            ValueLayout.JAVA_SHORT_UNALIGNED,
                            2L * row,
                            ((Number) value).shortValue());
            case INT32 ->
                    v.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * row, ((Number) value).intValue());
            case INT64 ->
                    v.set(
                            ValueLayout.JAVA_LONG_UNALIGNED,
                            8L * row,
                            type instanceof DecimalType d
                                    ? unscaled(value, d).longValueExact()
                                    : ((Number) value).longValue());
            case INT128 -> {
                BigInteger unscaled = unscaled(value, (DecimalType) type);
                v.set(ValueLayout.JAVA_LONG_UNALIGNED, 16L * row, unscaled.longValue());
                v.set(
                        ValueLayout.JAVA_LONG_UNALIGNED,
                        16L * row + 8,
                        unscaled.shiftRight(64).longValue());
            }
            case FLOAT32 ->
                    v.set(
                            ValueLayout.JAVA_FLOAT_UNALIGNED,
                            4L * row,
                            ((Number) value).floatValue());
            case FLOAT64 ->
                    v.set(
                            ValueLayout.JAVA_DOUBLE_UNALIGNED,
                            8L * row,
                            ((Number) value).doubleValue());
            case VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not a flat type: " + type.sql());
        }
    }

    private static BigInteger unscaled(Object value, DecimalType type) {
        BigDecimal scaled = ((BigDecimal) value).setScale(type.scale());
        if (scaled.precision() > type.precision()) {
            throw new NeuralakeException(
                    ErrorCode.NUMERIC_OUT_OF_RANGE,
                    "Value is out of range: " + type.sql() + ": " + scaled.toPlainString());
        }
        return scaled.unscaledValue();
    }

    private static Column views(
            MemoryAllocator allocator, Type type, List<?> values, @Nullable DataBuffer validity) {
        List<byte[]> bytes = new ArrayList<>(values.size());
        long heapBytes = 0;
        for (Object value : values) {
            byte[] b =
                    value == null
                            ? new byte[0]
                            : value instanceof String s
                                    ? s.getBytes(StandardCharsets.UTF_8)
                                    : (byte[]) value;
            bytes.add(b);
            heapBytes += b.length;
        }
        DataBuffer heap = allocator.allocate(heapBytes);
        DataBuffer views;
        try {
            views = allocator.allocate((long) values.size() * StringView.BYTES);
        } catch (RuntimeException | Error e) {
            heap.release();
            throw e;
        }
        long at = 0;
        for (int i = 0; i < bytes.size(); i++) {
            byte[] b = bytes.get(i);
            MemorySegment.copy(b, 0, heap.segment(), ValueLayout.JAVA_BYTE, at, b.length);
            StringView.write(
                    views.segment(), (long) i * StringView.BYTES, heap.address() + at, b.length);
            at += b.length;
        }
        return new ViewColumn(type, values.size(), views, heap, validity);
    }

    private static Column list(
            MemoryAllocator allocator,
            Type type,
            Type element,
            List<?> values,
            @Nullable DataBuffer validity) {
        DataBuffer offsets = allocator.allocate(4L * (values.size() + 1));
        List<@Nullable Object> elements = new ArrayList<>();
        offsets.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 0, 0);
        for (int i = 0; i < values.size(); i++) {
            if (values.get(i) instanceof List<?> list) {
                elements.addAll(list);
            }
            offsets.segment().set(ValueLayout.JAVA_INT_UNALIGNED, 4L * (i + 1), elements.size());
        }
        try {
            Column child = of(allocator, element, elements);
            return new ListColumn(type, values.size(), offsets, child, validity);
        } catch (RuntimeException | Error e) {
            offsets.release();
            throw e;
        }
    }

    private static Column struct(
            MemoryAllocator allocator,
            StructType type,
            List<?> values,
            @Nullable DataBuffer validity) {
        List<Column> children = new ArrayList<>();
        try {
            for (int f = 0; f < type.fields().size(); f++) {
                List<@Nullable Object> members = new ArrayList<>();
                for (Object value : values) {
                    members.add(value instanceof List<?> list ? list.get(f) : null);
                }
                children.add(of(allocator, type.fields().get(f).type(), members));
            }
        } catch (RuntimeException | Error e) {
            children.forEach(Column::release);
            throw e;
        }
        return new StructColumn(type, values.size(), children, validity);
    }
}
