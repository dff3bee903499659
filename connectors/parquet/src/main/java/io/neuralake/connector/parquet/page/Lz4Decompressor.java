package io.neuralake.connector.parquet.page;

import io.neuralake.connector.parquet.file.CorruptFile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Decompresses LZ4 blocks (lz4_Block_format.md), every copy checked against both ends.
final class Lz4Decompressor {
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfInt BIG_ENDIAN =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final int FRAME_MAGIC = 0x184D2204;
    private static final int MIN_MATCH = 4;

    private Lz4Decompressor() {}

    /// One bare block (codec LZ4_RAW).
    static void raw(MemorySegment source, MemorySegment target) {
        long written = block(source, 0, source.byteSize(), target, 0);
        CorruptFile.check(
                written == target.byteSize(), "an lz4 page has another size than its header says");
    }

    /// The deprecated codec LZ4: Hadoop's frames in most files, LZ4 frames or a bare block in others.
    static void framed(MemorySegment source, MemorySegment target) {
        if (isHadoop(source, target.byteSize())) {
            hadoop(source, target);
        } else if (source.byteSize() >= 7
                && source.get(ValueLayout.JAVA_INT_UNALIGNED, 0) == FRAME_MAGIC) {
            frame(source, target);
        } else {
            raw(source, target);
        }
    }

    private static boolean isHadoop(MemorySegment source, long size) {
        if (source.byteSize() < 8) {
            return false;
        }
        long uncompressed = source.get(BIG_ENDIAN, 0) & 0xFFFF_FFFFL;
        long compressed = source.get(BIG_ENDIAN, 4) & 0xFFFF_FFFFL;
        return uncompressed <= size && compressed <= source.byteSize() - 8;
    }

    private static void hadoop(MemorySegment source, MemorySegment target) {
        long in = 0;
        long out = 0;
        while (out < target.byteSize()) {
            CorruptFile.check(source.byteSize() - in >= 4, "an lz4 page ends early");
            long end = out + (source.get(BIG_ENDIAN, in) & 0xFFFF_FFFFL);
            CorruptFile.check(
                    end <= target.byteSize() && end > out, "an lz4 frame is out of range");
            in += 4;
            while (out < end) {
                CorruptFile.check(source.byteSize() - in >= 4, "an lz4 page ends early");
                long compressed = source.get(BIG_ENDIAN, in) & 0xFFFF_FFFFL;
                in += 4;
                CorruptFile.check(
                        compressed > 0 && compressed <= source.byteSize() - in,
                        "an lz4 frame is out of range");
                long before = out;
                out = block(source, in, in + compressed, target, out);
                CorruptFile.check(out > before, "an lz4 frame is empty");
                in += compressed;
            }
        }
    }

    private static void frame(MemorySegment source, MemorySegment target) {
        int flags = source.get(BYTE, 4);
        long in = 7L + ((flags & 8) != 0 ? 8 : 0) + ((flags & 1) != 0 ? 4 : 0);
        long out = 0;
        while (out < target.byteSize()) {
            CorruptFile.check(source.byteSize() - in >= 4, "an lz4 page ends early");
            int header = source.get(ValueLayout.JAVA_INT_UNALIGNED, in);
            long size = header & 0x7FFF_FFFFL;
            in += 4;
            CorruptFile.check(
                    size > 0 && size <= source.byteSize() - in, "an lz4 block is out of range");
            if (header < 0) {
                CorruptFile.check(
                        size <= target.byteSize() - out, "an lz4 block is longer than its page");
                MemorySegment.copy(source, in, target, out, size);
                out += size;
            } else {
                out = block(source, in, in + size, target, out);
            }
            in += size + ((flags & 16) != 0 ? 4 : 0);
        }
    }

    /// Decodes the block in `[in, end)` and returns the end of what it wrote.
    private static long block(
            MemorySegment source, long from, long end, MemorySegment target, long to) {
        long in = from;
        long out = to;
        long limit = target.byteSize();
        while (in < end) {
            int token = source.get(BYTE, in++) & 0xFF;
            long literals = (long) token >>> 4;
            if (literals == 15) {
                int more;
                do {
                    CorruptFile.check(in < end, "an lz4 block ends early");
                    more = source.get(BYTE, in++) & 0xFF;
                    literals += more;
                } while (more == 255);
            }
            CorruptFile.check(
                    literals <= end - in && literals <= limit - out, "an lz4 literal is too long");
            MemorySegment.copy(source, in, target, out, literals);
            in += literals;
            out += literals;
            if (in == end) {
                break;
            }
            CorruptFile.check(end - in >= 2, "an lz4 block ends early");
            long distance = source.get(ValueLayout.JAVA_SHORT_UNALIGNED, in) & 0xFFFF;
            in += 2;
            long length = token & 15;
            if (length == 15) {
                int more;
                do {
                    CorruptFile.check(in < end, "an lz4 block ends early");
                    more = source.get(BYTE, in++) & 0xFF;
                    length += more;
                } while (more == 255);
            }
            length += MIN_MATCH;
            CorruptFile.check(
                    distance > 0 && distance <= out && length <= limit - out,
                    "an lz4 match is out of range");
            copyMatch(target, out, distance, length);
            out += length;
        }
        return out;
    }

    private static void copyMatch(MemorySegment target, long out, long distance, long length) {
        if (distance >= length) {
            MemorySegment.copy(target, out - distance, target, out, length);
            return;
        }
        long done = 0;
        if (distance >= 8) {
            for (; done + 8 <= length; done += 8) {
                target.set(
                        ValueLayout.JAVA_LONG_UNALIGNED,
                        out + done,
                        target.get(ValueLayout.JAVA_LONG_UNALIGNED, out + done - distance));
            }
        }
        for (; done < length; done++) {
            target.set(BYTE, out + done, target.get(BYTE, out + done - distance));
        }
    }
}
