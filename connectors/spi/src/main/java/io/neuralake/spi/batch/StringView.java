package io.neuralake.spi.batch;

import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/// Reads and writes the 16-byte views of PhysicalType.VIEW: int32 length; up to 12 bytes inline,
/// zero padded; longer values as int32 prefix (first four bytes) and int64 absolute address. The
/// form is that of Velox and DuckDB; Arrow's differs by holding buffer indexes.
///
/// Equal values have equal first 8 bytes; inline values are equal exactly when all 16 bytes are.
public final class StringView {
    /// All memory of the process, for absolute addresses. Reads outside of live buffers crash: use
    /// it only with addresses from buffers that are held.
    public static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    /// Longer values are compared by a call that uses vectors.
    private static final int MAX_WORDWISE = 128;

    /// Bytes of a view.
    public static final int BYTES = 16;

    /// The longest inline value in bytes.
    public static final int MAX_INLINE = 12;

    /// Bytes of a value's beginning that every view holds.
    public static final int PREFIX_BYTES = 4;

    private StringView() {}

    /// Returns the length in bytes of the value whose view lies at `offset` of `views`.
    public static int length(MemorySegment views, long offset) {
        return NativeMemory.getInt(views, offset);
    }

    /// Returns the first four bytes, the lowest first, zeros behind the end.
    public static int prefix(MemorySegment views, long offset) {
        return NativeMemory.getInt(views, offset + 4);
    }

    /// Writes the view of up to four bytes, the lowest first, zeros behind them.
    public static void writePrefix(MemorySegment views, long offset, int prefix, int length) {
        NativeMemory.setLong(views, offset, (long) prefix << 32 | length);
        NativeMemory.setLong(views, offset + 8, 0);
    }

    /// Returns the absolute address of the value's first byte, inline or not.
    ///
    /// @param views off-heap
    public static long address(MemorySegment views, long offset) {
        int length = NativeMemory.getInt(views, offset);
        return length <= MAX_INLINE
                ? views.address() + offset + 4
                : NativeMemory.getLong(views, offset + 8);
    }

    /// Writes the view of `length` bytes at `address`; copies them inline when they fit.
    public static void write(MemorySegment views, long offset, long address, int length) {
        if (length <= MAX_INLINE) {
            NativeMemory.setLong(views, offset, length & 0xFFFF_FFFFL);
            NativeMemory.setLong(views, offset + 8, 0);
            copyShort(address, length, views, offset + 4);
        } else {
            NativeMemory.setInt(views, offset, length);
            NativeMemory.setInt(views, offset + 4, NativeMemory.getInt(MEMORY, address));
            NativeMemory.setLong(views, offset + 8, address);
        }
    }

    /// Copies up to 12 bytes in two loads that overlap, as a general copy is a call.
    private static void copyShort(long from, int length, MemorySegment to, long offset) {
        if (length >= 8) {
            NativeMemory.setLong(to, offset, NativeMemory.getLong(MEMORY, from));
            int last = NativeMemory.getInt(MEMORY, from + length - 4);
            NativeMemory.setInt(to, offset + length - 4, last);
        } else if (length >= 4) {
            int last = NativeMemory.getInt(MEMORY, from + length - 4);
            NativeMemory.setInt(to, offset, NativeMemory.getInt(MEMORY, from));
            NativeMemory.setInt(to, offset + length - 4, last);
        } else {
            for (int i = 0; i < length; i++) {
                NativeMemory.setByte(to, offset + i, NativeMemory.getByte(MEMORY, from + i));
            }
        }
    }

    /// Tells whether two views hold equal bytes.
    public static boolean equal(
            MemorySegment left, long leftOffset, MemorySegment right, long rightOffset) {
        if (NativeMemory.getLong(left, leftOffset) != NativeMemory.getLong(right, rightOffset)) {
            return false;
        }
        long l = NativeMemory.getLong(left, leftOffset + 8);
        long r = NativeMemory.getLong(right, rightOffset + 8);
        if (l == r) {
            return true;
        }
        int length = NativeMemory.getInt(left, leftOffset);
        return length > MAX_INLINE && equalBytes(l, r, length);
    }

    /// Compares more than 8 bytes of which the first four are known to be equal; the last step overlaps
    /// the one before. A call for each pair of short texts would take longer.
    private static boolean equalBytes(long left, long right, int length) {
        if (length > MAX_WORDWISE) {
            return MemorySegment.mismatch(
                            MEMORY, left, left + length, MEMORY, right, right + length)
                    < 0;
        }
        int last = length - Long.BYTES;
        for (int at = Integer.BYTES; at < last; at += Long.BYTES) {
            if (NativeMemory.getLong(MEMORY, left + at)
                    != NativeMemory.getLong(MEMORY, right + at)) {
                return false;
            }
        }
        return NativeMemory.getLong(MEMORY, left + last)
                == NativeMemory.getLong(MEMORY, right + last);
    }

    /// Compares two views bytewise, unsigned, which for UTF-8 is the order of code points.
    public static int compare(
            MemorySegment left, long leftOffset, MemorySegment right, long rightOffset) {
        int leftPrefix = Integer.reverseBytes(NativeMemory.getInt(left, leftOffset + 4));
        int rightPrefix = Integer.reverseBytes(NativeMemory.getInt(right, rightOffset + 4));
        if (leftPrefix != rightPrefix) {
            return Integer.compareUnsigned(leftPrefix, rightPrefix);
        }
        int leftLength = NativeMemory.getInt(left, leftOffset);
        int rightLength = NativeMemory.getInt(right, rightOffset);
        long l = address(left, leftOffset);
        long r = address(right, rightOffset);
        int common = Math.min(leftLength, rightLength);
        int order = common > MAX_WORDWISE ? compareLong(l, r, common) : compareWords(l, r, common);
        return order != 0 ? order : Integer.compare(leftLength, rightLength);
    }

    private static int compareLong(long left, long right, int length) {
        long at =
                MemorySegment.mismatch(MEMORY, left, left + length, MEMORY, right, right + length);
        return at < 0
                ? 0
                : Integer.compare(
                        NativeMemory.getByte(MEMORY, left + at) & 0xFF,
                        NativeMemory.getByte(MEMORY, right + at) & 0xFF);
    }

    private static int compareWords(long left, long right, int length) {
        int at = 0;
        for (; at + Long.BYTES <= length; at += Long.BYTES) {
            long l = NativeMemory.getLong(MEMORY, left + at);
            long r = NativeMemory.getLong(MEMORY, right + at);
            if (l != r) {
                return Long.compareUnsigned(Long.reverseBytes(l), Long.reverseBytes(r));
            }
        }
        for (; at < length; at++) {
            int l = NativeMemory.getByte(MEMORY, left + at) & 0xFF;
            int r = NativeMemory.getByte(MEMORY, right + at) & 0xFF;
            if (l != r) {
                return Integer.compare(l, r);
            }
        }
        return 0;
    }

    /// Copies the value out.
    public static byte[] bytes(MemorySegment views, long offset) {
        int length = length(views, offset);
        byte[] bytes = new byte[length];
        MemorySegment.copy(MEMORY, ValueLayout.JAVA_BYTE, address(views, offset), bytes, 0, length);
        return bytes;
    }

    /// Copies the value out as UTF-8 text.
    public static String string(MemorySegment views, long offset) {
        return new String(bytes(views, offset), StandardCharsets.UTF_8);
    }
}
