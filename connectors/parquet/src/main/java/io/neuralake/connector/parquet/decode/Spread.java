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

    /// Spreads over slots of which some are set and some not, without a branch on which: a slot that is
    /// not set takes the value that the next lower set one will take, and masks it.
    ///
    /// @param to behind the last dense value of the block
    private static void block(
            MemorySegment values, long base, int width, long word, int block, int n, int to) {
        long target = base + (long) (block + n) * width;
        int from = to - 1;
        switch (width) {
            case 1 -> {
                for (int i = n - 1; i >= 0; i--) {
                    int set = (int) (word >>> i) & 1;
                    target--;
                    int value = NativeMemory.getByte(values, base + Math.max(from, 0));
                    NativeMemory.setByte(values, target, (byte) (value & -set));
                    from -= set;
                }
            }
            case 2 -> {
                for (int i = n - 1; i >= 0; i--) {
                    int set = (int) (word >>> i) & 1;
                    target -= 2;
                    int value = NativeMemory.getShort(values, base + 2L * Math.max(from, 0));
                    NativeMemory.setShort(values, target, (short) (value & -set));
                    from -= set;
                }
            }
            case 4 -> {
                for (int i = n - 1; i >= 0; i--) {
                    int set = (int) (word >>> i) & 1;
                    target -= 4;
                    int value = NativeMemory.getInt(values, base + 4L * Math.max(from, 0));
                    NativeMemory.setInt(values, target, value & -set);
                    from -= set;
                }
            }
            case 8 -> {
                for (int i = n - 1; i >= 0; i--) {
                    int set = (int) (word >>> i) & 1;
                    target -= 8;
                    long value = NativeMemory.getLong(values, base + 8L * Math.max(from, 0));
                    NativeMemory.setLong(values, target, value & -set);
                    from -= set;
                }
            }
            default -> {
                for (int i = n - 1; i >= 0; i--) {
                    int set = (int) (word >>> i) & 1;
                    target -= 16;
                    long source = base + 16L * Math.max(from, 0);
                    long low = NativeMemory.getLong(values, source) & -set;
                    long high = NativeMemory.getLong(values, source + 8) & -set;
                    NativeMemory.setLong(values, target, low);
                    NativeMemory.setLong(values, target + 8, high);
                    from -= set;
                }
            }
        }
    }
}
