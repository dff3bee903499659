package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Moves dense values apart, in place, so that each lands in the slot of its set bit; other slots
/// become zero. Works from the end, 64 slots at a time.
final class Spread {

    private Spread() {}

    /// Spreads `present` values of `width` bytes at `base` of `values` over `slots` slots.
    static void apply(
            MemorySegment values,
            long base,
            int width,
            MemorySegment bits,
            long bit,
            int slots,
            int present) {
        int from = present;
        int start = (slots - 1) & -64;
        for (int block = start; block >= 0; block -= 64) {
            int n = Math.min(64, slots - block);
            long word = Bits.get(bits, bit + block, n);
            int set = Long.bitCount(word);
            from -= set;
            if (set == n) {
                if (from != block) {
                    MemorySegment.copy(
                            values,
                            base + (long) from * width,
                            values,
                            base + (long) block * width,
                            (long) n * width);
                }
            } else if (set == 0) {
                values.asSlice(base + (long) block * width, (long) n * width).fill((byte) 0);
            } else {
                block(values, base, width, word, block, n, from + set);
            }
        }
    }

    private static void block(
            MemorySegment values, long base, int width, long word, int block, int n, int to) {
        int from = to - 1;
        for (int i = n - 1; i >= 0; i--) {
            boolean set = (word >>> i & 1) != 0;
            move(values, base, width, set ? from : -1, block + i);
            from -= set ? 1 : 0;
        }
    }

    private static void move(MemorySegment values, long base, int width, int from, int to) {
        long target = base + (long) to * width;
        long source = base + (long) from * width;
        switch (width) {
            case 1 ->
                    NativeMemory.setByte(
                            values, target, from < 0 ? 0 : NativeMemory.getByte(values, source));
            case 2 ->
                    NativeMemory.setShort(
                            values, target, from < 0 ? 0 : NativeMemory.getShort(values, source));
            case 4 ->
                    NativeMemory.setInt(
                            values, target, from < 0 ? 0 : NativeMemory.getInt(values, source));
            case 8 ->
                    NativeMemory.setLong(
                            values, target, from < 0 ? 0 : NativeMemory.getLong(values, source));
            default -> {
                long low = from < 0 ? 0 : NativeMemory.getLong(values, source);
                long high = from < 0 ? 0 : NativeMemory.getLong(values, source + 8);
                NativeMemory.setLong(values, target, low);
                NativeMemory.setLong(values, target + 8, high);
            }
        }
    }
}
