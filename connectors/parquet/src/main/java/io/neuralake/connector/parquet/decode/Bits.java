package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.batch.Bitmap;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Moves ranges of bits at any bit offset. Targets change only in the range.
final class Bits {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private Bits() {}

    /// Reads up to 64 bits from `bit` on, bits above `count` clear. Reads no byte behind the last one
    /// needed.
    static long get(MemorySegment bits, long bit, int count) {
        long from = bit >>> 3;
        int shift = (int) (bit & 7);
        int bytes = (shift + count + 7) >>> 3;
        long low;
        if (bytes >= 8) {
            low = bits.get(LONG, from) >>> shift;
            if (bytes > 8) {
                low |= (long) bits.get(ValueLayout.JAVA_BYTE, from + 8) << (64 - shift);
            }
        } else {
            low = 0;
            for (int i = 0; i < bytes; i++) {
                low |= (bits.get(ValueLayout.JAVA_BYTE, from + i) & 0xFFL) << (8 * i);
            }
            low >>>= shift;
        }
        return count == 64 ? low : low & ((1L << count) - 1);
    }

    /// Stores the low `count` (1 to 64) bits of `value` from `bit` on.
    static void put(MemorySegment bits, long bit, int count, long value) {
        int word = (int) (bit >>> 6);
        int shift = (int) (bit & 63);
        long mask = count == 64 ? -1L : (1L << count) - 1;
        long clean = value & mask;
        Bitmap.setWord(bits, word, Bitmap.word(bits, word) & ~(mask << shift) | clean << shift);
        if (shift + count > 64) {
            Bitmap.setWord(
                    bits,
                    word + 1,
                    Bitmap.word(bits, word + 1) & ~(mask >>> (64 - shift))
                            | clean >>> (64 - shift));
        }
    }

    /// Copies bits and returns how many are set.
    static int copy(
            MemorySegment source, long sourceBit, MemorySegment target, long targetBit, int count) {
        int set = 0;
        for (int done = 0; done < count; done += 64) {
            int n = Math.min(64, count - done);
            long word = get(source, sourceBit + done, n);
            put(target, targetBit + done, n, word);
            set += Long.bitCount(word);
        }
        return set;
    }

    /// Sets or clears bits.
    static void fill(MemorySegment target, long bit, int count, boolean value) {
        for (int done = 0; done < count; done += 64) {
            put(target, bit + done, Math.min(64, count - done), value ? -1L : 0L);
        }
    }

    /// Counts the bits set in a range.
    static int count(MemorySegment bits, long bit, int count) {
        int set = 0;
        for (int done = 0; done < count; done += 64) {
            set += Long.bitCount(get(bits, bit + done, Math.min(64, count - done)));
        }
        return set;
    }

    /// Packs bytes (0 or 1) into bits.
    static void pack(MemorySegment bytes, long offset, MemorySegment target, long bit, int count) {
        for (int done = 0; done < count; done += 64) {
            int n = Math.min(64, count - done);
            long word = 0;
            for (int i = 0; i < n; i++) {
                word |= (bytes.get(ValueLayout.JAVA_BYTE, offset + done + i) & 1L) << i;
            }
            put(target, bit + done, n, word);
        }
    }
}
