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

    /// Bytes of a view.
    public static final int BYTES = 16;

    /// The longest inline value in bytes.
    public static final int MAX_INLINE = 12;

    private StringView() {}

    /// Returns the length in bytes of the value whose view lies at `offset` of `views`.
    public static int length(MemorySegment views, long offset) {
        return NativeMemory.getInt(views, offset);
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
        return length > MAX_INLINE
                && MemorySegment.mismatch(MEMORY, l, l + length, MEMORY, r, r + length) < 0;
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
        long at = MemorySegment.mismatch(MEMORY, l, l + leftLength, MEMORY, r, r + rightLength);
        if (at < 0) {
            return 0;
        }
        if (at == leftLength || at == rightLength) {
            return Integer.compare(leftLength, rightLength);
        }
        return Integer.compare(
                NativeMemory.getByte(MEMORY, l + at) & 0xFF,
                NativeMemory.getByte(MEMORY, r + at) & 0xFF);
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
