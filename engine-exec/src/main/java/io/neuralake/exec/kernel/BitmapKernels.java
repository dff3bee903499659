package io.neuralake.exec.kernel;

import io.neuralake.spi.batch.Bitmap;

import java.lang.foreign.MemorySegment;

/// Combines bitmaps a word at a time. At 2048 rows that is 32 words: plain loops, which HotSpot
/// vectorizes. Thread-safe.
public final class BitmapKernels {
    private BitmapKernels() {}

    /// Returns the words of a bitmap.
    public static int words(int rowCount) {
        return (rowCount + 63) >>> 6;
    }

    /// Narrows `bits` to the bits set in `with`.
    public static void and(MemorySegment bits, MemorySegment with, int rowCount) {
        int words = words(rowCount);
        for (int w = 0; w < words; w++) {
            Bitmap.setWord(bits, w, Bitmap.word(bits, w) & Bitmap.word(with, w));
        }
    }

    /// Clears the bits of `bits` that are set in `with`.
    public static void andNot(MemorySegment bits, MemorySegment with, int rowCount) {
        int words = words(rowCount);
        for (int w = 0; w < words; w++) {
            Bitmap.setWord(bits, w, Bitmap.word(bits, w) & ~Bitmap.word(with, w));
        }
    }

    /// Sets the bits of `bits` that are set in `with`.
    public static void or(MemorySegment bits, MemorySegment with, int rowCount) {
        int words = words(rowCount);
        for (int w = 0; w < words; w++) {
            Bitmap.setWord(bits, w, Bitmap.word(bits, w) | Bitmap.word(with, w));
        }
    }

    /// Copies a bitmap and clears the bits behind the row count.
    public static void copy(MemorySegment from, int rowCount, MemorySegment to) {
        int words = words(rowCount);
        for (int w = 0; w < words; w++) {
            Bitmap.setWord(to, w, Bitmap.word(from, w));
        }
        if (words > 0) {
            Bitmap.setWord(to, words - 1, Bitmap.word(to, words - 1) & Bitmap.tailMask(rowCount));
        }
    }

    /// Clears all bits.
    public static void clear(MemorySegment bits, int rowCount) {
        int words = words(rowCount);
        for (int w = 0; w < words; w++) {
            Bitmap.setWord(bits, w, 0);
        }
    }

    /// Tells whether no bit is set. Bits behind the row count must be clear.
    public static boolean isEmpty(MemorySegment bits, int rowCount) {
        int words = words(rowCount);
        long any = 0;
        for (int w = 0; w < words; w++) {
            any |= Bitmap.word(bits, w);
        }
        return any == 0;
    }

    /// Returns the first set bit from `row` on, or -1. Bits behind the row count must be clear.
    public static int next(MemorySegment bits, int row, int rowCount) {
        if (row >= rowCount) {
            return -1;
        }
        int w = row >>> 6;
        long word = Bitmap.word(bits, w) & -1L << row;
        int words = words(rowCount);
        while (word == 0) {
            if (++w >= words) {
                return -1;
            }
            word = Bitmap.word(bits, w);
        }
        return (w << 6) + Long.numberOfTrailingZeros(word);
    }
}
