package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One unaligned 64-bit load, shift and mask a value.
public final class ScalarBitUnpacker implements BitUnpacker {
    @Override
    public int maxVectorWidth() {
        return 0;
    }

    @Override
    public void unpack(
            MemorySegment source,
            long bit,
            int width,
            int count,
            MemorySegment target,
            long offset) {
        unpackScalar(source, bit, width, count, target, offset);
    }

    @Override
    public boolean areBelow(int limit, MemorySegment values, long offset, int count) {
        return areBelowScalar(limit, values, offset, count);
    }

    /// Does the work; static so that the vector twin can use it for its tails.
    public static boolean areBelowScalar(int limit, MemorySegment values, long offset, int count) {
        int worst = 0;
        for (int i = 0; i < count; i++) {
            int value = values.get(ValueLayout.JAVA_INT_UNALIGNED, offset + 4L * i);
            worst |= value | limit - 1 - value; // one of them is negative when the value is outside
        }
        return worst >= 0;
    }

    /// Does the work for widths of at most 57; static so that the vector twins can use it for their tails.
    public static long prefixSumLongsScalar(
            MemorySegment source,
            long bit,
            int width,
            int count,
            long minimum,
            long previous,
            MemorySegment target,
            long offset) {
        long mask = (1L << width) - 1;
        long at = bit;
        long sum = previous;
        for (int i = 0; i < count; i++) {
            long word = NativeMemory.getLong(source, at >>> 3) >>> (at & 7);
            sum += (word & mask) + minimum;
            NativeMemory.setLong(target, offset + 8L * i, sum);
            at += width;
        }
        return sum;
    }

    /// Does the work for widths of at most 57; static so that the vector twins can use it for their tails.
    public static long prefixSumIntsScalar(
            MemorySegment source,
            long bit,
            int width,
            int count,
            long minimum,
            long previous,
            MemorySegment target,
            long offset) {
        long mask = (1L << width) - 1;
        long at = bit;
        long sum = previous;
        for (int i = 0; i < count; i++) {
            long word = NativeMemory.getLong(source, at >>> 3) >>> (at & 7);
            sum += (word & mask) + minimum;
            NativeMemory.setInt(target, offset + 4L * i, (int) sum);
            at += width;
        }
        return sum;
    }

    /// Does the work; static so that the vector twin can use it for its tails.
    public static void unpackScalar(
            MemorySegment source,
            long bit,
            int width,
            int count,
            MemorySegment target,
            long offset) {
        long mask = (1L << width) - 1;
        long at = bit;
        for (int i = 0; i < count; i++) {
            long word = source.get(ValueLayout.JAVA_LONG_UNALIGNED, at >>> 3);
            target.set(
                    ValueLayout.JAVA_INT_UNALIGNED,
                    offset + 4L * i,
                    (int) (word >>> (at & 7) & mask));
            at += width;
        }
    }
}
