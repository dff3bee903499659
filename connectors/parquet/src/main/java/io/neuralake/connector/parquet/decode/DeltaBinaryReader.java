package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.simd.WarmingKernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reads DELTA_BINARY_PACKED integers: blocks of mini-blocks of bit-packed differences. Sums wrap,
/// as the format asks. A mini-block is checked once to lie within the section; its loop then
/// unpacks, sums and stores a value in a few instructions, of which only the sum waits for the
/// value before. For one thread.
final class DeltaBinaryReader {
    private static final int MAX_MINI_BLOCK = 1 << 16;

    private static final WarmingKernels<BitUnpacker> UNPACKERS = BitUnpacker.warming();

    /// Values up to this width lie within eight bytes, wherever they start.
    private static final int MAX_LOAD_WIDTH = 57;

    private static final BitUnpacker SCALAR = new ScalarBitUnpacker();

    private final MemorySegment memory;
    private final long end;
    private final int total;
    private final int miniBlocks;
    private final int miniBlockValues;
    private long position;
    private int remaining;
    private long previous;
    private boolean first = true;
    private long minimumDelta;
    private long widths;
    private int miniBlock;

    /// Of the open mini-block: bits of a value, where the next one lies, and how many are left.
    private int width;

    private long bit;
    private int left;

    /// @param maximum the largest count that is plausible, the page's number of values
    DeltaBinaryReader(Slice data, long from, int maximum) {
        this.memory = data.memory();
        this.end = data.length();
        this.position = from;
        long blockSize = varint();
        long blocks = varint();
        long count = varint();
        CorruptFile.check(
                blockSize > 0
                        && blocks > 0
                        && blocks <= blockSize
                        && blockSize % blocks == 0
                        && blockSize / blocks % 8 == 0
                        && blockSize / blocks <= MAX_MINI_BLOCK
                        && blocks <= MAX_MINI_BLOCK,
                "a delta block size is out of range");
        CorruptFile.check(
                count >= 0 && count <= maximum,
                "a delta page has more values than its header says");
        this.total = (int) count;
        this.remaining = total;
        this.miniBlocks = (int) blocks;
        this.miniBlock = miniBlocks;
        this.previous = zigzag();
        this.miniBlockValues = (int) (blockSize / blocks);
    }

    /// Returns the number of values in the section.
    int total() {
        return total;
    }

    /// Returns the position behind the section, which the widths of its blocks tell. To be called
    /// before anything is read.
    long sectionEnd() {
        long start = position;
        long left = total - 1L;
        while (left > 0) {
            zigzag();
            long widthsAt = position;
            CorruptFile.check(miniBlocks <= end - position, "a page misses values");
            position += miniBlocks;
            for (int i = 0; i < miniBlocks && left > 0; i++) {
                int width = memory.get(ValueLayout.JAVA_BYTE, widthsAt + i) & 0xFF;
                position += Math.min((long) miniBlockValues * width >>> 3, end - position);
                left -= miniBlockValues;
            }
        }
        long result = position;
        position = start;
        return result;
    }

    /// Stores the next `count` values as int64 from byte `offset` on.
    void readLongs(int count, MemorySegment target, long offset) {
        BitUnpacker unpacker = UNPACKERS.forWork(count);
        int done = first(count);
        if (done > 0) {
            NativeMemory.setLong(target, offset, previous);
        }
        while (done < count) {
            int run = run(count - done);
            long at = offset + 8L * done;
            long sum = previous;
            if (width == 0) {
                for (int i = 0; i < run; i++) {
                    sum += minimumDelta;
                    NativeMemory.setLong(target, at + 8L * i, sum);
                }
            } else if (width > MAX_LOAD_WIDTH) {
                for (int i = 0; i < run; i++) {
                    sum += wideDelta(i);
                    NativeMemory.setLong(target, at + 8L * i, sum);
                }
            } else {
                BitUnpacker kernel = width <= unpacker.maxVectorWidth() ? unpacker : SCALAR;
                sum = kernel.prefixSumLongs(memory, bit, width, run, minimumDelta, sum, target, at);
            }
            previous = sum;
            consume(run);
            done += run;
        }
    }

    /// Stores the next `count` values as int32 from byte `offset` on.
    void readInts(int count, MemorySegment target, long offset) {
        BitUnpacker unpacker = UNPACKERS.forWork(count);
        int done = first(count);
        if (done > 0) {
            NativeMemory.setInt(target, offset, (int) previous);
        }
        while (done < count) {
            int run = run(count - done);
            long at = offset + 4L * done;
            long sum = previous;
            if (width == 0) {
                for (int i = 0; i < run; i++) {
                    sum += minimumDelta;
                    NativeMemory.setInt(target, at + 4L * i, (int) sum);
                }
            } else if (width > MAX_LOAD_WIDTH) {
                for (int i = 0; i < run; i++) {
                    sum += wideDelta(i);
                    NativeMemory.setInt(target, at + 4L * i, (int) sum);
                }
            } else {
                BitUnpacker kernel = width <= unpacker.maxVectorWidth() ? unpacker : SCALAR;
                sum = kernel.prefixSumInts(memory, bit, width, run, minimumDelta, sum, target, at);
            }
            previous = sum;
            consume(run);
            done += run;
        }
    }

    /// Reads the next `count` values as lengths, which must be 0 or more.
    void readLengths(int count, int[] lengths) {
        int done = first(count);
        if (done > 0) {
            lengths[0] = (int) previous;
        }
        while (done < count) {
            int run = run(count - done);
            for (int i = 0; i < run; i++) {
                previous += width > MAX_LOAD_WIDTH ? wideDelta(i) : delta(i);
                lengths[done + i] = (int) previous; // of 32 bits: sums may have wrapped
            }
            consume(run);
            done += run;
        }
        int signs = 0;
        for (int i = 0; i < count; i++) {
            signs |= lengths[i];
        }
        CorruptFile.check(signs >= 0, "a string's length is negative");
    }

    /// Leaves out the next `count` values.
    void skip(int count) {
        int done = first(count);
        while (done < count) {
            int run = run(count - done);
            long sum = previous + run * minimumDelta;
            if (width > MAX_LOAD_WIDTH) {
                for (int i = 0; i < run; i++) {
                    sum += wideDelta(i) - minimumDelta;
                }
            } else if (width > 0) {
                long mask = (1L << width) - 1;
                long from = bit;
                for (int i = 0; i < run; i++) {
                    sum += NativeMemory.getLong(memory, from >>> 3) >>> (from & 7) & mask;
                    from += width;
                }
            }
            previous = sum;
            consume(run);
            done += run;
        }
    }

    /// Returns 1 if the section's first value is the next, which is then [#previous], else 0.
    private int first(int count) {
        CorruptFile.check(count <= remaining, "a page misses values");
        if (!first || count == 0) {
            return 0;
        }
        first = false;
        remaining--;
        return 1;
    }

    /// Makes sure that a mini-block is open and returns how many of `wanted` values it has.
    private int run(int wanted) {
        if (left == 0) {
            open();
        }
        return Math.min(left, wanted);
    }

    private void consume(int run) {
        bit += (long) run * width;
        left -= run;
        remaining -= run;
    }

    private void open() {
        if (miniBlock == miniBlocks) {
            minimumDelta = zigzag();
            widths = position;
            CorruptFile.check(miniBlocks <= end - position, "a page misses values");
            position += miniBlocks;
            miniBlock = 0;
        }
        width = memory.get(ValueLayout.JAVA_BYTE, widths + miniBlock) & 0xFF;
        CorruptFile.check(width <= 64, "a bit width is over 64");
        miniBlock++;
        int count = Math.min(miniBlockValues, remaining);
        long full = (long) miniBlockValues * width >>> 3;
        long needed = ((long) count * width + 7) >>> 3;
        CorruptFile.check(needed <= end - position, "a page misses values");
        bit = position << 3;
        position += Math.min(full, end - position);
        left = count;
    }

    /// Returns the difference `index` values on, of at most 57 bits.
    private long delta(int index) {
        long at = bit + (long) index * width;
        long word = NativeMemory.getLong(memory, at >>> 3) >>> (at & 7);
        return (word & (1L << width) - 1) + minimumDelta;
    }

    /// Returns the difference `index` values on, of at least 58 bits.
    private long wideDelta(int index) {
        long at = bit + (long) index * width;
        int shift = (int) (at & 7);
        long word = NativeMemory.getLong(memory, at >>> 3) >>> shift;
        if (shift + width > 64) {
            word |= (long) NativeMemory.getByte(memory, (at >>> 3) + 8) << (64 - shift);
        }
        return (word & -1L >>> (64 - width)) + minimumDelta;
    }

    private long varint() {
        long result = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            CorruptFile.check(position < end, "a page misses values");
            int b = memory.get(ValueLayout.JAVA_BYTE, position++);
            result |= (long) (b & 0x7F) << shift;
            if (b >= 0) {
                return result;
            }
        }
        throw new CorruptFile("a number is malformed");
    }

    private long zigzag() {
        long raw = varint();
        return raw >>> 1 ^ -(raw & 1);
    }
}
