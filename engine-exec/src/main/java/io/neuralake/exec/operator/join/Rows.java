package io.neuralake.exec.operator.join;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Works on bitmaps and index lists of the rows of one batch.
final class Rows {

    private Rows() {}

    static int get(MemorySegment rows, int i) {
        return NativeMemory.getInt(rows, (long) i << 2);
    }

    static void set(MemorySegment rows, int i, int row) {
        NativeMemory.setInt(rows, (long) i << 2, row);
    }

    /// Copies a selection, or sets all bits without one.
    static void copySelection(@Nullable DataBuffer selection, int rowCount, MemorySegment to) {
        if (selection == null) {
            Bitmap.fill(to, rowCount);
        } else {
            MemorySegment.copy(selection.segment(), 0, to, 0, Bitmap.bytes(rowCount));
        }
    }

    /// Sets the bits of rows that are not negative and returns their number.
    static int present(MemorySegment rows, int count, MemorySegment bits) {
        int present = 0;
        for (int w = 0, i = 0; i < count; w++) {
            int end = Math.min(count, i + 64);
            long word = 0;
            for (int bit = 0; i < end; i++, bit++) {
                word |= (long) (~get(rows, i) >>> 31) << bit;
            }
            Bitmap.setWord(bits, w, word);
            present += Long.bitCount(word);
        }
        return present;
    }

    /// Makes rows -1 whose bit is clear.
    static void keep(MemorySegment rows, int count, MemorySegment bits) {
        for (int w = 0, i = 0; i < count; w++) {
            int end = Math.min(count, i + 64);
            long word = Bitmap.word(bits, w);
            if (word == -1L) {
                i = end;
                continue;
            }
            for (int bit = 0; i < end; i++, bit++) {
                set(rows, i, get(rows, i) | (int) (word >>> bit & 1) - 1);
            }
        }
    }

    /// Clears the bits of `bits` that are set in `remove`; returns how many are left.
    static int andNot(MemorySegment bits, MemorySegment remove, int rowCount) {
        int words = (rowCount + 63) >>> 6;
        int left = 0;
        for (int w = 0; w < words; w++) {
            long word = Bitmap.word(bits, w) & ~Bitmap.word(remove, w);
            Bitmap.setWord(bits, w, word);
            left += Long.bitCount(word);
        }
        return left;
    }

    /// Returns a copy of a bitmap, which the caller owns.
    static DataBuffer copy(MemorySegment bits, int rowCount, MemoryAllocator allocator) {
        DataBuffer copy = allocator.allocate(Bitmap.bytes(rowCount));
        MemorySegment.copy(bits, 0, copy.segment(), 0, Bitmap.bytes(rowCount));
        return copy;
    }

    /// Moves the rows whose bit is set to the front; returns their number.
    static int compact(MemorySegment rows, int count, MemorySegment bits) {
        int at = 0;
        for (int i = 0; i < count; i++) {
            set(rows, at, get(rows, i));
            at += Bitmap.get(bits, i) ? 1 : 0;
        }
        return at;
    }
}
