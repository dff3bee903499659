package io.neuralake.spi.batch;

import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Reads and writes bitmaps: bit `i` is bit `i & 7` of byte `i >> 3`, as in Arrow. Bits behind the
/// row count are undefined unless a method says otherwise. Buffers are sized by [#bytes], whole
/// 64-bit words.
public final class Bitmap {

    private Bitmap() {}

    /// Returns the bytes that a bitmap of `rowCount` bits takes, rounded up to 8.
    public static long bytes(int rowCount) {
        return ((rowCount + 63L) >>> 6) << 3;
    }

    /// Returns bit `index`.
    public static boolean get(MemorySegment bits, long index) {
        return (NativeMemory.getByte(bits, index >>> 3) >>> (index & 7) & 1) != 0;
    }

    /// Sets or clears bit `index`.
    public static void set(MemorySegment bits, long index, boolean value) {
        long at = index >>> 3;
        int mask = 1 << (index & 7);
        byte old = NativeMemory.getByte(bits, at);
        NativeMemory.setByte(bits, at, (byte) (value ? old | mask : old & ~mask));
    }

    /// Returns the 64 bits from `64 * wordIndex` on.
    public static long word(MemorySegment bits, int wordIndex) {
        return NativeMemory.getLong(bits, (long) wordIndex << 3);
    }

    /// Stores the 64 bits from `64 * wordIndex` on.
    public static void setWord(MemorySegment bits, int wordIndex, long value) {
        NativeMemory.setLong(bits, (long) wordIndex << 3, value);
    }

    /// Returns the mask of the valid bits of the last word: all ones when `rowCount` is a multiple of
    /// 64.
    public static long tailMask(int rowCount) {
        return -1L >>> (-rowCount & 63);
    }

    /// Counts the bits set among the first `rowCount`.
    public static int count(MemorySegment bits, int rowCount) {
        int words = rowCount >>> 6;
        int count = 0;
        for (int i = 0; i < words; i++) {
            count += Long.bitCount(word(bits, i));
        }
        if ((rowCount & 63) != 0) {
            count += Long.bitCount(word(bits, words) & tailMask(rowCount));
        }
        return count;
    }

    /// Sets the first `rowCount` bits and clears the rest of the last word.
    public static void fill(MemorySegment bits, int rowCount) {
        int words = (rowCount + 63) >>> 6;
        for (int i = 0; i < words; i++) {
            setWord(bits, i, -1L);
        }
        if (words > 0) {
            setWord(bits, words - 1, tailMask(rowCount));
        }
    }

    /// Writes the indexes of the set bits in ascending order as int32 and returns their number.
    ///
    /// @param indexes room for `rowCount` int32
    public static int toIndexes(MemorySegment bits, int rowCount, MemorySegment indexes) {
        int words = (rowCount + 63) >>> 6;
        int at = 0;
        for (int w = 0; w < words; w++) {
            long word = word(bits, w);
            if (w == words - 1) {
                word &= tailMask(rowCount);
            }
            int base = w << 6;
            while (word != 0) {
                NativeMemory.setInt(
                        indexes, (long) at << 2, base + Long.numberOfTrailingZeros(word));
                at++;
                word &= word - 1;
            }
        }
        return at;
    }
}
