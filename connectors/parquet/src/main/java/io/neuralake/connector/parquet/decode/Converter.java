package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.schema.LeafColumn;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Turns stored values into values of the column's type, a run of values a call. Stateless.
final class Converter {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfLong BIG_ENDIAN = LONG.withOrder(ByteOrder.BIG_ENDIAN);
    private static final long JULIAN_EPOCH_DAY = 2_440_588;
    private static final long MICROS_A_DAY = 86_400_000_000L;
    private static final byte[] HEX =
            "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final int UUID_TEXT = 36;

    private Converter() {}

    /// Converts `count` values at the beginning of `raw` to `out` from byte `at` on.
    static void apply(
            LeafColumn leaf, MemorySegment raw, int count, MemorySegment out, long at, Heap heap) {
        MemorySegment to = out.asSlice(at, (long) count * leaf.type().physical().width());
        switch (leaf.conversion()) {
            case NONE -> throw new IllegalStateException("Nothing to convert");
            case INT32_TO_INT8 -> {
                for (int i = 0; i < count; i++) {
                    to.set(BYTE, i, (byte) raw.get(INT, 4L * i));
                }
            }
            case INT32_TO_INT16 -> {
                for (int i = 0; i < count; i++) {
                    to.set(SHORT, 2L * i, (short) raw.get(INT, 4L * i));
                }
            }
            case INT32_TO_INT64 -> {
                for (int i = 0; i < count; i++) {
                    to.set(LONG, 8L * i, raw.get(INT, 4L * i));
                }
            }
            case UINT32_TO_INT64 -> {
                for (int i = 0; i < count; i++) {
                    to.set(LONG, 8L * i, raw.get(INT, 4L * i) & 0xFFFF_FFFFL);
                }
            }
            case INT32_TO_INT128 -> {
                for (int i = 0; i < count; i++) {
                    int value = raw.get(INT, 4L * i);
                    put128(to, i, value, value >> 31);
                }
            }
            case INT64_TO_INT128 -> {
                for (int i = 0; i < count; i++) {
                    long value = raw.get(LONG, 8L * i);
                    put128(to, i, value, value >> 63);
                }
            }
            case UINT64_TO_INT128 -> {
                for (int i = 0; i < count; i++) {
                    put128(to, i, raw.get(LONG, 8L * i), 0);
                }
            }
            case INT32_MILLIS_TO_MICROS -> {
                for (int i = 0; i < count; i++) {
                    to.set(LONG, 8L * i, raw.get(INT, 4L * i) * 1000L);
                }
            }
            case MILLIS_TO_MICROS -> {
                for (int i = 0; i < count; i++) {
                    to.set(LONG, 8L * i, raw.get(LONG, 8L * i) * 1000L);
                }
            }
            case NANOS_TO_MICROS -> {
                for (int i = 0; i < count; i++) {
                    to.set(LONG, 8L * i, Math.floorDiv(raw.get(LONG, 8L * i), 1000L));
                }
            }
            case INT96_TO_MICROS -> {
                for (int i = 0; i < count; i++) {
                    long nanos = raw.get(LONG, 12L * i);
                    long day = raw.get(INT, 12L * i + 8) & 0xFFFF_FFFFL;
                    to.set(
                            LONG,
                            8L * i,
                            (day - JULIAN_EPOCH_DAY) * MICROS_A_DAY + Math.floorDiv(nanos, 1000L));
                }
            }
            case FLOAT16_TO_FLOAT -> {
                for (int i = 0; i < count; i++) {
                    to.set(
                            ValueLayout.JAVA_FLOAT_UNALIGNED,
                            4L * i,
                            Float.float16ToFloat(raw.get(SHORT, 2L * i)));
                }
            }
            case BINARY_TO_INT64, BINARY_TO_INT128 -> {
                for (int i = 0; i < count; i++) {
                    long view = (long) i * StringView.BYTES;
                    decimal(
                            leaf,
                            StringView.MEMORY,
                            StringView.address(raw, view),
                            StringView.length(raw, view),
                            to,
                            i);
                }
            }
            case FIXED_TO_INT64, FIXED_TO_INT128 -> {
                for (int i = 0; i < count; i++) {
                    decimal(leaf, raw, (long) i * leaf.typeLength(), leaf.typeLength(), to, i);
                }
            }
            case FIXED_TO_VIEW -> fixedToView(leaf.typeLength(), raw, count, to, heap);
            case FIXED_TO_UUID -> uuid(raw, count, to, heap);
            case FIXED_TO_INTERVAL -> interval(raw, count, to);
        }
    }

    private static void put128(MemorySegment to, int row, long low, long high) {
        to.set(LONG, 16L * row, low);
        to.set(LONG, 16L * row + 8, high);
    }

    /// Reads a big-endian two's complement number of `length` bytes.
    private static void decimal(
            LeafColumn leaf, MemorySegment bytes, long at, int length, MemorySegment to, int row) {
        boolean wide = leaf.type().physical().width() == 16;
        int size = wide ? 16 : 8;
        CorruptFile.check(length > 0, "a decimal has no bytes");
        long sign = bytes.get(BYTE, at) >> 7;
        int extra = length - size;
        for (int i = 0; i < extra; i++) {
            CorruptFile.check(
                    bytes.get(BYTE, at + i) == (byte) sign, "a decimal does not fit its precision");
        }
        long from = at + Math.max(0, extra);
        int used = Math.min(length, size);
        if (!wide) {
            long low = read(bytes, from, used, sign);
            CorruptFile.check(
                    extra <= 0 || low >> 63 == sign, "a decimal does not fit its precision");
            to.set(LONG, 8L * row, low);
        } else if (used <= 8) {
            put128(to, row, read(bytes, from, used, sign), sign);
        } else {
            long high = read(bytes, from, used - 8, sign);
            CorruptFile.check(
                    extra <= 0 || high >> 63 == sign, "a decimal does not fit its precision");
            put128(to, row, bytes.get(BIG_ENDIAN, from + used - 8), high);
        }
    }

    private static long read(MemorySegment bytes, long at, int length, long sign) {
        if (length == 8) {
            return bytes.get(BIG_ENDIAN, at);
        }
        long result = sign;
        for (int i = 0; i < length; i++) {
            result = result << 8 | bytes.get(BYTE, at + i) & 0xFF;
        }
        return result;
    }

    private static void fixedToView(
            int length, MemorySegment raw, int count, MemorySegment to, Heap heap) {
        DataBuffer copy = heap.allocate((long) count * length);
        MemorySegment.copy(raw, 0, copy.segment(), 0, (long) count * length);
        for (int i = 0; i < count; i++) {
            StringView.write(
                    to, (long) i * StringView.BYTES, copy.address() + (long) i * length, length);
        }
    }

    private static void uuid(MemorySegment raw, int count, MemorySegment to, Heap heap) {
        DataBuffer text = heap.allocate((long) count * UUID_TEXT);
        MemorySegment out = text.segment();
        for (int i = 0; i < count; i++) {
            long at = (long) i * UUID_TEXT;
            for (int b = 0; b < 16; b++) {
                if (b == 4 || b == 6 || b == 8 || b == 10) {
                    out.set(BYTE, at++, (byte) '-');
                }
                int value = raw.get(BYTE, 16L * i + b);
                out.set(BYTE, at++, HEX[value >> 4 & 15]);
                out.set(BYTE, at++, HEX[value & 15]);
            }
            StringView.write(
                    to,
                    (long) i * StringView.BYTES,
                    text.address() + (long) i * UUID_TEXT,
                    UUID_TEXT);
        }
    }

    private static void interval(MemorySegment raw, int count, MemorySegment to) {
        for (int i = 0; i < count; i++) {
            if (raw.get(INT, 12L * i) != 0) {
                throw CorruptFile.unsupported(
                        "Parquet INTERVAL with months not supported: months have no fixed length");
            }
            long days = raw.get(INT, 12L * i + 4) & 0xFFFF_FFFFL;
            long millis = raw.get(INT, 12L * i + 8) & 0xFFFF_FFFFL;
            to.set(LONG, 8L * i, days * MICROS_A_DAY + millis * 1000L);
        }
    }
}
