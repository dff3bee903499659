package io.neuralake.spi.batch;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.BigInteger;

/// Values of fixed width, or bits, one after the other. Values under null rows are undefined but
/// readable.
public final class FlatColumn extends Column {
    private final DataBuffer values;

    /// Takes ownership of both buffers.
    ///
    /// @param values `rowCount` values of the type's width, or a bitmap for BIT
    public FlatColumn(Type type, int rowCount, DataBuffer values, @Nullable DataBuffer validity) {
        super(type, rowCount, validity);
        if (type.physical() == PhysicalType.VIEW
                || type.physical() == PhysicalType.LIST
                || type.physical() == PhysicalType.STRUCT) {
            throw new IllegalArgumentException("Not a flat type: " + type.sql());
        }
        this.values = values;
    }

    /// Returns the values' buffer, which stays the column's.
    public DataBuffer valuesBuffer() {
        return values;
    }

    /// Returns the values' memory.
    public MemorySegment values() {
        return values.segment();
    }

    @Override
    public @Nullable Object value(int row) {
        if (isNull(row)) {
            return null;
        }
        MemorySegment v = values.segment();
        if (type() instanceof DecimalType decimal) {
            return decimal.isShort()
                    ? BigDecimal.valueOf(int64(v, row), decimal.scale())
                    : new BigDecimal(int128(v, row), decimal.scale());
        }
        return switch (type().physical()) {
            case BIT -> Bitmap.get(v, row);
            case INT8 -> (long) v.get(ValueLayout.JAVA_BYTE, row);
            case INT16 -> (long) v.get(ValueLayout.JAVA_SHORT_UNALIGNED, 2L * row);
            case INT32 -> (long) v.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * row);
            case INT64 -> int64(v, row);
            case FLOAT32 -> (double) v.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * row);
            case FLOAT64 -> v.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 8L * row);
            case INT128, VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not a flat type: " + type().sql());
        };
    }

    private static long int64(MemorySegment v, int row) {
        return v.get(ValueLayout.JAVA_LONG_UNALIGNED, 8L * row);
    }

    /// Reads a 128-bit integer.
    static BigInteger int128(MemorySegment v, int row) {
        long low = v.get(ValueLayout.JAVA_LONG_UNALIGNED, 16L * row);
        long high = v.get(ValueLayout.JAVA_LONG_UNALIGNED, 16L * row + 8);
        BigInteger unsignedLow =
                BigInteger.valueOf(low >>> 1).shiftLeft(1).or(BigInteger.valueOf(low & 1));
        return BigInteger.valueOf(high).shiftLeft(64).or(unsignedLow);
    }

    @Override
    void free() {
        values.release();
    }
}
