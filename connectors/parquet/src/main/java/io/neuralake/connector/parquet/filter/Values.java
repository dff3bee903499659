package io.neuralake.connector.parquet.filter;

import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/// Brings stored bounds and predicate values into one comparable form: the Java form of the column's
/// type, but text as its UTF-8 bytes.
final class Values {
    private Values() {}

    /// Decodes a stored bound (PLAIN, without length). Null when it has the wrong length, is NaN, or
    /// its type has no defined order.
    static @Nullable Object bound(LeafColumn leaf, byte[] stored) {
        ByteBuffer bytes = ByteBuffer.wrap(stored).order(ByteOrder.LITTLE_ENDIAN);
        boolean fits =
                switch (leaf.physical()) {
                    case BOOLEAN -> stored.length == 1;
                    case INT32, FLOAT -> stored.length == 4;
                    case INT64, DOUBLE -> stored.length == 8;
                    case INT96 -> false;
                    case BYTE_ARRAY -> true;
                    // Bounds of long values may be cut, numbers never.
                    case FIXED_LEN_BYTE_ARRAY ->
                            leaf.type().physical().width() == 16
                                            && !(leaf.type() instanceof DecimalType)
                                    || stored.length == leaf.typeLength();
                };
        if (!fits) {
            return null;
        }
        return switch (leaf.conversion()) {
            case NONE -> plain(leaf, bytes, stored);
            case INT32_TO_INT8, INT32_TO_INT16 -> (long) bytes.getInt(0);
            case INT32_TO_INT64, INT32_TO_INT128 -> decimal(leaf, bytes.getInt(0));
            case UINT32_TO_INT64 -> bytes.getInt(0) & 0xFFFF_FFFFL;
            case INT64_TO_INT128 -> decimal(leaf, bytes.getLong(0));
            case UINT64_TO_INT128 -> new BigDecimal(unsigned(bytes.getLong(0)));
            case INT32_MILLIS_TO_MICROS -> bytes.getInt(0) * 1000L;
            case MILLIS_TO_MICROS -> bytes.getLong(0) * 1000L;
            case NANOS_TO_MICROS -> Math.floorDiv(bytes.getLong(0), 1000L);
            case BINARY_TO_INT64, BINARY_TO_INT128, FIXED_TO_INT64, FIXED_TO_INT128 ->
                    stored.length == 0
                            ? null
                            : new BigDecimal(
                                    new BigInteger(stored), ((DecimalType) leaf.type()).scale());
            case FIXED_TO_VIEW -> stored;
            case FIXED_TO_UUID ->
                    stored.length == 16
                            ? new UUID(
                                            bytes.order(ByteOrder.BIG_ENDIAN).getLong(0),
                                            bytes.getLong(8))
                                    .toString()
                                    .getBytes(StandardCharsets.US_ASCII)
                            : null;
            case FLOAT16_TO_FLOAT -> number(Float.float16ToFloat(bytes.getShort(0)));
            case INT96_TO_MICROS, FIXED_TO_INTERVAL -> null;
        };
    }

    private static @Nullable Object plain(LeafColumn leaf, ByteBuffer bytes, byte[] stored) {
        if (leaf.type() instanceof DecimalType) {
            return decimal(leaf, bytes.getLong(0));
        }
        return switch (leaf.physical()) {
            case BOOLEAN -> stored[0] != 0;
            case INT32 -> (long) bytes.getInt(0);
            case INT64 -> bytes.getLong(0);
            case FLOAT -> number(bytes.getFloat(0));
            case DOUBLE -> number(bytes.getDouble(0));
            case BYTE_ARRAY -> stored;
            case INT96, FIXED_LEN_BYTE_ARRAY -> null;
        };
    }

    private static @Nullable Double number(double value) {
        return Double.isNaN(value) ? null : Double.valueOf(value);
    }

    private static BigDecimal decimal(LeafColumn leaf, long unscaled) {
        return BigDecimal.valueOf(unscaled, ((DecimalType) leaf.type()).scale());
    }

    private static BigInteger unsigned(long value) {
        return new BigInteger(Long.toUnsignedString(value));
    }

    /// Brings a predicate's value, or a column's, into the comparable form.
    static Object comparable(Object value) {
        return value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : value;
    }

    /// Tells whether the deprecated, signed bounds of old writers can be used for a column.
    static boolean signedOrder(LeafColumn leaf) {
        return switch (leaf.conversion()) {
            case UINT32_TO_INT64, UINT64_TO_INT128 -> false;
            case NONE -> leaf.type().physical() != io.neuralake.spi.type.PhysicalType.VIEW;
            case INT32_TO_INT8,
                    INT32_TO_INT64,
                    INT32_TO_INT128,
                    INT64_TO_INT128,
                    INT32_MILLIS_TO_MICROS,
                    MILLIS_TO_MICROS,
                    NANOS_TO_MICROS ->
                    true;
            case INT32_TO_INT16 -> true;
            case INT96_TO_MICROS,
                    BINARY_TO_INT64,
                    BINARY_TO_INT128,
                    FIXED_TO_INT64,
                    FIXED_TO_INT128,
                    FIXED_TO_VIEW,
                    FIXED_TO_UUID,
                    FLOAT16_TO_FLOAT,
                    FIXED_TO_INTERVAL ->
                    false;
        };
    }

    /// Tells whether values may be NaN.
    static boolean floating(Type type) {
        return type == ScalarType.REAL || type == ScalarType.DOUBLE;
    }

    /// Compares two comparable forms; null when they are of different kinds.
    static @Nullable Integer compare(Object left, Object right) {
        return switch (left) {
            case Long l when right instanceof Long r -> l.compareTo(r);
            // -0.0 and 0.0 are equal: primitive comparison, NaN was excluded.
            case Double l when right instanceof Number r ->
                    l < r.doubleValue() ? -1 : l > r.doubleValue() ? 1 : 0;
            case BigDecimal l when right instanceof BigDecimal r -> l.compareTo(r);
            case byte[] l when right instanceof byte[] r -> Arrays.compareUnsigned(l, r);
            case Boolean l when right instanceof Boolean r -> l.compareTo(r);
            default -> null;
        };
    }

    /// Tells whether a value is NaN.
    static boolean isNaN(Object value) {
        return value instanceof Double d && d.isNaN();
    }
}
