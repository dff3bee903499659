package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;

/// Widens values of a file to the type that its table has because of other files or of later changes:
/// integers, integers to DOUBLE and to decimals, REAL to DOUBLE, decimals to more digits, dates to
/// timestamps without zone.
public final class WideningReader implements ColumnReader {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private static final long MICROS_A_DAY = 86_400_000_000L;

    /// Powers of ten up to this one are 64-bit integers.
    private static final int MAX_LONG_DIGITS = 18;

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
            if (column.type().physical() == type.physical()
                    && scale(column.type()) == scale(type)) {
                return new FlatColumn(
                        type,
                        rows,
                        column.valuesBuffer().retain(),
                        validity == null ? null : validity.retain());
            }
            DataBuffer values = allocator.allocate((long) rows * type.physical().width());
            widen(column.values(), column.type(), rows, values.segment());
            return new FlatColumn(type, rows, values, validity == null ? null : validity.retain());
        } finally {
            column.release();
        }
    }

    private void widen(MemorySegment from, Type narrowType, int rows, MemorySegment to) {
        PhysicalType width = narrowType.physical();
        if (width == PhysicalType.FLOAT32) {
            for (int i = 0; i < rows; i++) {
                to.set(
                        ValueLayout.JAVA_DOUBLE_UNALIGNED,
                        8L * i,
                        from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i));
            }
            return;
        }
        if (width == PhysicalType.INT128) {
            BigInteger factor = BigInteger.TEN.pow(scale(type) - scale(narrowType));
            for (int i = 0; i < rows; i++) {
                putWide(to, i, wide(from, i).multiply(factor));
            }
            return;
        }
        long factor = factor(narrowType);
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
            put(to, i, value, factor);
        }
    }

    /// Returns by what stored integers are multiplied; 0 when that is more than 64 bits hold.
    private long factor(Type narrowType) {
        if (narrowType == ScalarType.DATE) {
            return MICROS_A_DAY;
        }
        int digits = type instanceof DecimalType ? scale(type) - scale(narrowType) : 0;
        if (digits > MAX_LONG_DIGITS) {
            return 0;
        }
        long factor = 1;
        for (int i = 0; i < digits; i++) {
            factor *= 10;
        }
        return factor;
    }

    private static int scale(Type type) {
        return type instanceof DecimalType decimal ? decimal.scale() : 0;
    }

    private void put(MemorySegment to, int row, long value, long factor) {
        switch (type.physical()) {
            case INT16 -> to.set(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * row, (short) value);
            case INT32 -> to.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * row, (int) value);
            case INT64 -> to.set(LONG, 8L * row, value * factor);
            case FLOAT64 -> to.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * row, value);
            case INT128 -> {
                if (factor == 0) {
                    putWide(
                            to,
                            row,
                            BigInteger.valueOf(value).multiply(BigInteger.TEN.pow(scale(type))));
                } else {
                    to.set(LONG, 16L * row, value * factor);
                    to.set(LONG, 16L * row + 8, Math.multiplyHigh(value, factor));
                }
            }
            case BIT, INT8, FLOAT32, VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not widened to: " + type.sql());
        }
    }

    private static BigInteger wide(MemorySegment from, int row) {
        return BigInteger.valueOf(from.get(LONG, 16L * row + 8))
                .shiftLeft(64)
                .add(new BigInteger(Long.toUnsignedString(from.get(LONG, 16L * row))));
    }

    private static void putWide(MemorySegment to, int row, BigInteger value) {
        to.set(LONG, 16L * row, value.longValue());
        to.set(LONG, 16L * row + 8, value.shiftRight(64).longValue());
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
