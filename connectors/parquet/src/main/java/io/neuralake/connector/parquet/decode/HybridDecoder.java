package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.simd.WarmingKernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Decodes the hybrid of runs and bit-packed groups (encoding RLE): levels, booleans, dictionary
/// codes. For one thread.
final class HybridDecoder {
    private static final WarmingKernels<BitUnpacker> UNPACKERS = BitUnpacker.warming();

    private final MemorySegment memory;
    private final long end;
    private final int width;
    private long position;
    private long left;
    private boolean packed;
    private int value;
    private long bit;

    /// @param width bits of a value, 0 to 32
    HybridDecoder(Slice data, int width) {
        CorruptFile.check(width >= 0 && width <= 32, "a bit width is over 32");
        this.memory = data.memory();
        this.end = data.length();
        this.width = width;
    }

    /// If one run of equal values is next that covers `count` values, returns its value, else -1.
    int constant(int count) {
        if (width == 0) {
            return 0;
        }
        if (left == 0 && position < end) {
            nextRun();
        }
        return !packed && left >= count ? value : -1;
    }

    /// Decodes `count` values as int32.
    void read(int count, MemorySegment target, long offset) {
        int done = 0;
        while (done < count) {
            int run = run(count - done);
            if (packed) {
                UNPACKERS.forWork(run).unpack(memory, bit, width, run, target, offset + 4L * done);
                bit += (long) run * width;
            } else {
                fill(target, offset + 4L * done, run, value);
            }
            left -= run;
            done += run;
        }
    }

    /// Decodes `count` values of width 1 as bits and returns how many are set.
    int readBits(int count, MemorySegment target, long offset) {
        int done = 0;
        int set = 0;
        while (done < count) {
            int run = run(count - done);
            if (packed) {
                set += Bits.copy(memory, bit, target, offset + done, run);
                bit += run;
            } else {
                Bits.fill(target, offset + done, run, value != 0);
                set += value != 0 ? run : 0;
            }
            left -= run;
            done += run;
        }
        return set;
    }

    /// Decodes `count` values of width 1 as bytes 0 and 1.
    void readBytes(int count, MemorySegment target, long offset) {
        int done = 0;
        while (done < count) {
            int run = run(count - done);
            if (packed) {
                for (int i = 0; i < run; i++) {
                    target.set(
                            ValueLayout.JAVA_BYTE,
                            offset + done + i,
                            (byte) (Bitmap.get(memory, bit + i) ? 1 : 0));
                }
                bit += run;
            } else {
                target.asSlice(offset + done, run).fill((byte) (value & 1));
            }
            left -= run;
            done += run;
        }
    }

    /// Leaves out `count` values.
    void skip(int count) {
        int done = 0;
        while (done < count) {
            int run = run(count - done);
            if (packed) {
                bit += (long) run * width;
            }
            left -= run;
            done += run;
        }
    }

    /// Makes sure that a run is open and returns how many of `wanted` values it has.
    private int run(int wanted) {
        if (width == 0) {
            left = Long.MAX_VALUE;
            packed = false;
            value = 0;
        }
        while (left == 0) {
            CorruptFile.check(position < end, "a run-length encoded section ends early");
            nextRun();
        }
        return (int) Math.min(left, wanted);
    }

    private void nextRun() {
        long header = header();
        packed = (header & 1) != 0;
        long count = header >>> 1;
        if (packed) {
            long bytes = count * width;
            bit = position << 3;
            if (bytes <= end - position) {
                left = count << 3;
            } else {
                // Some writers cut the padding of the last group.
                bytes = end - position;
                left = (bytes << 3) / width;
            }
            position += bytes;
        } else {
            int bytes = (width + 7) >>> 3;
            CorruptFile.check(bytes <= end - position, "a run-length encoded section ends early");
            value = 0;
            for (int i = 0; i < bytes; i++) {
                value |= (memory.get(ValueLayout.JAVA_BYTE, position++) & 0xFF) << (8 * i);
            }
            // Callers rely on values that fit: packed ones cannot be larger.
            CorruptFile.check(
                    width == 32 || value >>> width == 0, "a run's value is wider than its width");
            left = count;
        }
    }

    private long header() {
        long result = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            CorruptFile.check(position < end, "a run-length encoded section ends early");
            int b = memory.get(ValueLayout.JAVA_BYTE, position++);
            result |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return result;
            }
        }
        throw new CorruptFile("a run length is malformed");
    }

    /// Two values a store: most runs are short.
    private static void fill(MemorySegment target, long offset, int count, int value) {
        long pair = (value & 0xFFFF_FFFFL) << 32 | value & 0xFFFF_FFFFL;
        int pairs = count >>> 1;
        for (int i = 0; i < pairs; i++) {
            target.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + 8L * i, pair);
        }
        if ((count & 1) != 0) {
            target.set(ValueLayout.JAVA_INT_UNALIGNED, offset + 8L * pairs, value);
        }
    }
}
