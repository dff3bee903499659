package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.Slice;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Reads DELTA_BINARY_PACKED integers: blocks of mini-blocks of bit-packed differences. Sums wrap, as
/// the format asks. For one thread.
final class DeltaBinaryReader {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final int MAX_MINI_BLOCK = 1 << 16;

    private final MemorySegment memory;
    private final long end;
    private final int total;
    private final int miniBlocks;
    private final long[] buffer;
    private long position;
    private int remaining;
    private long previous;
    private boolean first = true;
    private long minimumDelta;
    private long widths;
    private int miniBlock;
    private int bufferAt;
    private int buffered;

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
        this.buffer = new long[(int) (blockSize / blocks)];
    }

    /// Returns the number of values in the section.
    int total() {
        return total;
    }

    /// Returns the position behind the section, which the widths of its blocks tell. To be called
    /// before [#next].
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
                position += Math.min((long) buffer.length * width >>> 3, end - position);
                left -= buffer.length;
            }
        }
        long result = position;
        position = start;
        return result;
    }

    /// Returns the next value.
    long next() {
        CorruptFile.check(remaining > 0, "a page misses values");
        remaining--;
        if (first) {
            first = false;
            return previous;
        }
        if (bufferAt == buffered) {
            fill();
        }
        previous += buffer[bufferAt++];
        return previous;
    }

    /// Returns the next value as a length, which must be 0 or more.
    int nextLength() {
        int length = (int) next(); // lengths are 32-bit integers: sums may have wrapped
        CorruptFile.check(length >= 0, "a string's length is negative");
        return length;
    }

    private void fill() {
        if (miniBlock == miniBlocks) {
            minimumDelta = zigzag();
            widths = position;
            CorruptFile.check(miniBlocks <= end - position, "a page misses values");
            position += miniBlocks;
            miniBlock = 0;
        }
        int width = memory.get(ValueLayout.JAVA_BYTE, widths + miniBlock) & 0xFF;
        CorruptFile.check(width <= 64, "a bit width is over 64");
        miniBlock++;
        int count = Math.min(buffer.length, remaining + 1);
        long full = (long) buffer.length * width >>> 3;
        long needed = ((long) count * width + 7) >>> 3;
        CorruptFile.check(needed <= end - position, "a page misses values");
        unpack(width, count);
        position += Math.min(full, end - position);
        buffered = count;
        bufferAt = 0;
    }

    private void unpack(int width, int count) {
        if (width == 0) {
            java.util.Arrays.fill(buffer, 0, count, minimumDelta);
            return;
        }
        long mask = width == 64 ? -1L : (1L << width) - 1;
        long bit = position << 3;
        for (int i = 0; i < count; i++) {
            int shift = (int) (bit & 7);
            long word = memory.get(LONG, bit >>> 3) >>> shift;
            if (shift + width > 64) {
                word |= (long) memory.get(ValueLayout.JAVA_BYTE, (bit >>> 3) + 8) << (64 - shift);
            }
            buffer[i] = (word & mask) + minimumDelta;
            bit += width;
        }
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
