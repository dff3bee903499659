package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Widens numbers of a file to the type that its table has because of other files: integers, REAL to
/// DOUBLE, decimals of one scale.
public final class WideningReader implements ColumnReader {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final ColumnReader narrow;
    private final Type type;
    private final MemoryAllocator allocator;

    /// Takes ownership of `narrow`.
    public WideningReader(ColumnReader narrow, Type type, MemoryAllocator allocator) {
        this.narrow = narrow;
        this.type = type;
        this.allocator = allocator;
    }

    @Override
    public Column read(int rows) {
        FlatColumn column = (FlatColumn) narrow.read(rows);
        try {
            DataBuffer validity = column.validity();
            PhysicalType from = column.type().physical();
            if (from == type.physical()) {
                return new FlatColumn(
                        type,
                        rows,
                        column.valuesBuffer().retain(),
                        validity == null ? null : validity.retain());
            }
            DataBuffer values = allocator.allocate((long) rows * type.physical().width());
            widen(column.values(), from, rows, values.segment());
            return new FlatColumn(type, rows, values, validity == null ? null : validity.retain());
        } finally {
            column.release();
        }
    }

    private void widen(MemorySegment from, PhysicalType width, int rows, MemorySegment to) {
        if (type.physical() == PhysicalType.FLOAT64) {
            for (int i = 0; i < rows; i++) {
                to.set(
                        ValueLayout.JAVA_DOUBLE_UNALIGNED,
                        8L * i,
                        from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i));
            }
            return;
        }
        for (int i = 0; i < rows; i++) {
            long value =
                    switch (width) {
                        case INT8 -> from.get(ValueLayout.JAVA_BYTE, i);
                        case INT16 -> from.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * i);
                        case INT32 -> from.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i);
                        case INT64 -> from.get(LONG, 8L * i);
                        case BIT, INT128, FLOAT32, FLOAT64, VIEW, LIST, STRUCT ->
                                throw new IllegalStateException("Not widened: " + width);
                    };
            put(to, i, value);
        }
    }

    private void put(MemorySegment to, int row, long value) {
        switch (type.physical()) {
            case INT16 -> to.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * row, (short) value);
            case INT32 -> to.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * row, (int) value);
            case INT64 -> to.set(LONG, 8L * row, value);
            case INT128 -> {
                to.set(LONG, 16L * row, value);
                to.set(LONG, 16L * row + 8, value >> 63);
            }
            case BIT, INT8, FLOAT32, FLOAT64, VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not widened to: " + type.sql());
        }
    }

    @Override
    public void skip(long rows) {
        narrow.skip(rows);
    }

    @Override
    public void close() {
        narrow.close();
    }
}
