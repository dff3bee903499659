package io.neuralake.exec.operator.sort;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.PhysicalType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// A piece of a sort key as an unsigned integer of some bits, ascending in the order wanted. A key is
/// one or more parts; parts are packed into 64-bit words.
///
/// Rows are read by index; one switch over the kind is made a call of [#addTo].
final class KeyPart {
    /// What of a value the part holds.
    enum Kind {
        /// Whether the row is null.
        NULL_FLAG,
        /// An integer, relative to the smallest.
        INTEGER,
        /// A floating-point number as an ordered integer, relative to the smallest.
        FLOAT,
        /// The upper half of an INT128, relative to the smallest.
        HIGH,
        /// The lower half of an INT128.
        LOW,
        /// Eight bytes of a string, zero padded.
        STRING_CHUNK,
        /// The length of a string.
        STRING_LENGTH
    }

    private final Kind kind;
    private final PhysicalType physical;
    private final MemorySegment values;
    private final @Nullable MemorySegment validity;
    private final int bits;

    /// Subtracted from the value.
    private final long base;

    /// XORed over the bits, to turn the order round.
    private final long flip;

    /// Of STRING_CHUNK: first byte and how many bytes.
    private final int firstByte;

    private KeyPart(
            Kind kind, Column column, int bits, long base, boolean descending, int firstByte) {
        this.kind = kind;
        this.physical = column.type().physical();
        this.values =
                switch (column) {
                    case FlatColumn flat -> flat.values();
                    case ViewColumn views -> views.views();
                    default -> MemorySegment.NULL;
                };
        DataBuffer valid = column.validity();
        this.validity = valid == null ? null : valid.segment();
        this.bits = bits;
        this.base = base;
        this.flip = descending ? mask(bits) : 0;
        this.firstByte = firstByte;
    }

    static KeyPart nullFlag(Column column, boolean nullsFirst) {
        return new KeyPart(Kind.NULL_FLAG, column, 1, 0, nullsFirst, 0);
    }

    static KeyPart number(Kind kind, Column column, int bits, long base, boolean descending) {
        return new KeyPart(kind, column, bits, base, descending, 0);
    }

    static KeyPart chunk(Column column, int firstByte, int byteCount, boolean descending) {
        return new KeyPart(Kind.STRING_CHUNK, column, 8 * byteCount, 0, descending, firstByte);
    }

    int bits() {
        return bits;
    }

    static long mask(int bits) {
        return bits == 0 ? 0 : -1L >>> (64 - bits);
    }

    /// Ors the part, shifted left, into the words of rows. Null rows get zero bits (except for
    /// NULL_FLAG).
    ///
    /// @param rows `count` int32 row indexes
    /// @param words `count` int64
    void addTo(MemorySegment rows, MemorySegment words, int count, int shift) {
        switch (kind) {
            case NULL_FLAG -> {
                for (int i = 0; i < count; i++) {
                    boolean isNull = isNull(NativeMemory.getInt(rows, 4L * i));
                    or(words, i, ((isNull ? 1L : 0L) ^ flip) << shift);
                }
            }
            case INTEGER -> addIntegers(rows, words, count, shift);
            case FLOAT -> {
                for (int i = 0; i < count; i++) {
                    int row = NativeMemory.getInt(rows, 4L * i);
                    add(words, i, row, orderedFloat(row) - base, shift);
                }
            }
            case HIGH -> {
                for (int i = 0; i < count; i++) {
                    int row = NativeMemory.getInt(rows, 4L * i);
                    add(words, i, row, NativeMemory.getLong(values, 16L * row + 8) - base, shift);
                }
            }
            case LOW -> {
                for (int i = 0; i < count; i++) {
                    int row = NativeMemory.getInt(rows, 4L * i);
                    add(words, i, row, NativeMemory.getLong(values, 16L * row) - base, shift);
                }
            }
            case STRING_CHUNK -> {
                for (int i = 0; i < count; i++) {
                    int row = NativeMemory.getInt(rows, 4L * i);
                    add(words, i, row, stringChunk(row), shift);
                }
            }
            case STRING_LENGTH -> {
                for (int i = 0; i < count; i++) {
                    int row = NativeMemory.getInt(rows, 4L * i);
                    add(words, i, row, StringView.length(values, 16L * row), shift);
                }
            }
        }
    }

    private void addIntegers(MemorySegment rows, MemorySegment words, int count, int shift) {
        switch (physical) {
            case INT64 -> {
                for (int i = 0; i < count; i++) {
                    int row = NativeMemory.getInt(rows, 4L * i);
                    add(words, i, row, NativeMemory.getLong(values, 8L * row) - base, shift);
                }
            }
            case INT32 -> {
                for (int i = 0; i < count; i++) {
                    int row = NativeMemory.getInt(rows, 4L * i);
                    add(words, i, row, NativeMemory.getInt(values, 4L * row) - base, shift);
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    int row = NativeMemory.getInt(rows, 4L * i);
                    add(words, i, row, integer(physical, values, row) - base, shift);
                }
            }
        }
    }

    private void add(MemorySegment words, int i, int row, long value, int shift) {
        long bitsOfRow = isNull(row) ? 0 : (value ^ flip) << shift;
        or(words, i, bitsOfRow);
    }

    private static void or(MemorySegment words, int i, long value) {
        NativeMemory.setLong(words, 8L * i, NativeMemory.getLong(words, 8L * i) | value);
    }

    private boolean isNull(int row) {
        return validity != null && !Bitmap.get(validity, row);
    }

    /// Returns the part of one row, unshifted.
    long of(int row) {
        if (kind == Kind.NULL_FLAG) {
            return (isNull(row) ? 1 : 0) ^ flip;
        }
        if (isNull(row)) {
            return 0;
        }
        long value =
                switch (kind) {
                    case INTEGER -> integer(physical, values, row) - base;
                    case FLOAT -> orderedFloat(row) - base;
                    case HIGH -> NativeMemory.getLong(values, 16L * row + 8) - base;
                    case LOW -> NativeMemory.getLong(values, 16L * row) - base;
                    case STRING_CHUNK -> stringChunk(row);
                    case STRING_LENGTH -> StringView.length(values, 16L * row);
                    case NULL_FLAG -> throw new IllegalStateException("Handled above");
                };
        return value ^ flip;
    }

    /// Reads an integer of at most 64 bits.
    static long integer(PhysicalType physical, MemorySegment values, int row) {
        return switch (physical) {
            case BIT -> Bitmap.get(values, row) ? 1 : 0;
            case INT8 -> NativeMemory.getByte(values, row);
            case INT16 -> NativeMemory.getShort(values, 2L * row);
            case INT32 -> NativeMemory.getInt(values, 4L * row);
            case INT64 -> NativeMemory.getLong(values, 8L * row);
            case INT128, FLOAT32, FLOAT64, VIEW, LIST, STRUCT ->
                    throw new IllegalStateException("Not an integer: " + physical);
        };
    }

    private long orderedFloat(int row) {
        return orderedFloat(physical, values, row);
    }

    /// Maps a number to an integer of the same order: NaN is greatest, -0.0 equals 0.0.
    static long orderedFloat(PhysicalType physical, MemorySegment values, int row) {
        double value =
                physical == PhysicalType.FLOAT64
                        ? NativeMemory.getDouble(values, 8L * row)
                        : NativeMemory.getFloat(values, 4L * row);
        long raw = Double.doubleToLongBits(value + 0.0); // -0.0 + 0.0 is 0.0; one NaN only
        return raw ^ (raw >> 63 & Long.MAX_VALUE);
    }

    private long stringChunk(int row) {
        int byteCount = bits >>> 3;
        int length = StringView.length(values, 16L * row) - firstByte;
        if (length <= 0) {
            return 0;
        }
        long address = StringView.address(values, 16L * row) + firstByte;
        long chunk;
        if (length >= 8) {
            chunk = Long.reverseBytes(NativeMemory.getLong(StringView.MEMORY, address));
        } else {
            chunk = 0;
            for (int i = 0; i < length; i++) {
                long b = NativeMemory.getByte(StringView.MEMORY, address + i) & 0xFF;
                chunk |= b << (56 - 8 * i);
            }
        }
        return chunk >>> (64 - 8 * byteCount);
    }
}
