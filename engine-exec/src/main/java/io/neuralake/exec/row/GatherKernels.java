package io.neuralake.exec.row;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Picks values of fixed width by index. Random reads go through one absolute segment, whose bounds
/// check HotSpot reduces to a sign test. A negative index reads row 0, so that no loop branches.
final class GatherKernels {
    private static final MemorySegment MEMORY = StringView.MEMORY;

    private GatherKernels() {}

    private static long row(MemorySegment indexes, int i) {
        int index = NativeMemory.getInt(indexes, (long) i << 2);
        return index & ~(index >> 31);
    }

    static boolean hasNegative(MemorySegment indexes, int count) {
        int or = 0;
        for (int i = 0; i < count; i++) {
            or |= NativeMemory.getInt(indexes, (long) i << 2);
        }
        return or < 0;
    }

    static void gather8(DataBuffer source, MemorySegment indexes, int count, MemorySegment to) {
        long from = source.address();
        for (int i = 0; i < count; i++) {
            NativeMemory.setByte(to, i, NativeMemory.getByte(MEMORY, from + row(indexes, i)));
        }
    }

    static void gather16(DataBuffer source, MemorySegment indexes, int count, MemorySegment to) {
        long from = source.address();
        for (int i = 0; i < count; i++) {
            NativeMemory.setShort(
                    to,
                    (long) i << 1,
                    NativeMemory.getShort(MEMORY, from + (row(indexes, i) << 1)));
        }
    }

    static void gather32(DataBuffer source, MemorySegment indexes, int count, MemorySegment to) {
        long from = source.address();
        for (int i = 0; i < count; i++) {
            NativeMemory.setInt(
                    to, (long) i << 2, NativeMemory.getInt(MEMORY, from + (row(indexes, i) << 2)));
        }
    }

    static void gather64(DataBuffer source, MemorySegment indexes, int count, MemorySegment to) {
        long from = source.address();
        for (int i = 0; i < count; i++) {
            NativeMemory.setLong(
                    to, (long) i << 3, NativeMemory.getLong(MEMORY, from + (row(indexes, i) << 3)));
        }
    }

    static void gather128(DataBuffer source, MemorySegment indexes, int count, MemorySegment to) {
        long from = source.address();
        for (int i = 0; i < count; i++) {
            long at = from + (row(indexes, i) << 4);
            NativeMemory.setLong(to, (long) i << 4, NativeMemory.getLong(MEMORY, at));
            NativeMemory.setLong(to, ((long) i << 4) + 8, NativeMemory.getLong(MEMORY, at + 8));
        }
    }

    /// Picks views; a negative index gives the empty string.
    static void gatherViews(DataBuffer source, MemorySegment indexes, int count, MemorySegment to) {
        long from = source.address();
        for (int i = 0; i < count; i++) {
            int index = NativeMemory.getInt(indexes, (long) i << 2);
            long keep = ~(index >> 31);
            long at = from + ((index & keep) << 4);
            NativeMemory.setLong(to, (long) i << 4, NativeMemory.getLong(MEMORY, at) & keep);
            NativeMemory.setLong(
                    to, ((long) i << 4) + 8, NativeMemory.getLong(MEMORY, at + 8) & keep);
        }
    }

    /// Picks bits; a negative index gives 0.
    static void gatherBits(DataBuffer source, MemorySegment indexes, int count, MemorySegment to) {
        long from = source.address();
        for (int w = 0, i = 0; i < count; w++) {
            int end = Math.min(count, i + 64);
            long word = 0;
            for (int bit = 0; i < end; i++, bit++) {
                int index = NativeMemory.getInt(indexes, (long) i << 2);
                int keep = ~(index >> 31);
                int row = index & keep;
                int value =
                        NativeMemory.getByte(MEMORY, from + (row >>> 3)) >>> (row & 7) & 1 & keep;
                word |= (long) value << bit;
            }
            Bitmap.setWord(to, w, word);
        }
    }

    /// Writes whether each picked row is not null.
    static void gatherValidity(
            @Nullable DataBuffer source, MemorySegment indexes, int count, MemorySegment to) {
        if (source != null) {
            gatherBits(source, indexes, count, to);
            return;
        }
        for (int w = 0, i = 0; i < count; w++) {
            int end = Math.min(count, i + 64);
            long word = 0;
            for (int bit = 0; i < end; i++, bit++) {
                int present = ~NativeMemory.getInt(indexes, (long) i << 2) >>> 31;
                word |= (long) present << bit;
            }
            Bitmap.setWord(to, w, word);
        }
    }

    /// Writes the offsets of picked lists and returns their elements' number. A negative index gives
    /// an empty list.
    static int gatherOffsets(
            DataBuffer source, MemorySegment indexes, int count, MemorySegment to) {
        long from = source.address();
        long total = 0;
        NativeMemory.setInt(to, 0, 0);
        for (int i = 0; i < count; i++) {
            int index = NativeMemory.getInt(indexes, (long) i << 2);
            int keep = ~(index >> 31);
            long at = from + ((long) (index & keep) << 2);
            total += (NativeMemory.getInt(MEMORY, at + 4) - NativeMemory.getInt(MEMORY, at)) & keep;
            NativeMemory.setInt(to, (long) (i + 1) << 2, (int) total);
        }
        if (total > Integer.MAX_VALUE) {
            throw new NeuralakeException(
                    ErrorCode.OUT_OF_MEMORY, "Too many list elements in a batch: " + total);
        }
        return (int) total;
    }

    /// Writes the child rows of picked lists.
    static void elementIndexes(
            DataBuffer source,
            MemorySegment indexes,
            int count,
            MemorySegment targetOffsets,
            MemorySegment to) {
        long from = source.address();
        for (int i = 0; i < count; i++) {
            int at = NativeMemory.getInt(targetOffsets, (long) i << 2);
            int end = NativeMemory.getInt(targetOffsets, (long) (i + 1) << 2);
            int element = NativeMemory.getInt(MEMORY, from + (row(indexes, i) << 2));
            for (; at < end; at++, element++) {
                NativeMemory.setInt(to, (long) at << 2, element);
            }
        }
    }
}
