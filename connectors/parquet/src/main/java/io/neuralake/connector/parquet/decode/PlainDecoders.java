package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Decodes PLAIN values, run-length encoded booleans and BYTE_STREAM_SPLIT.
final class PlainDecoders {

    private PlainDecoders() {}

    /// Fixed-width values are copied.
    static final class Fixed implements RawDecoder {
        private final Slice data;
        private final int width;
        private long position;

        Fixed(Slice data, int width) {
            this.data = data;
            this.width = width;
        }

        @Override
        public void read(int count, MemorySegment target, long offset, Heap heap) {
            long from = position;
            skip(count);
            MemorySegment.copy(data.memory(), from, target, offset, (long) count * width);
        }

        @Override
        public void skip(int count) {
            long bytes = (long) count * width;
            CorruptFile.check(bytes <= data.length() - position, "a page misses values");
            position += bytes;
        }
    }

    /// Booleans, one bit each.
    static final class Booleans implements RawDecoder {
        private final Slice data;
        private long position;

        Booleans(Slice data) {
            this.data = data;
        }

        @Override
        public void read(int count, MemorySegment target, long offset, Heap heap) {
            long from = position;
            skip(count);
            for (int i = 0; i < count; i++) {
                NativeMemory.setByte(
                        target, offset + i, (byte) (Bitmap.get(data.memory(), from + i) ? 1 : 0));
            }
        }

        @Override
        public void skip(int count) {
            CorruptFile.check(count <= (data.length() << 3) - position, "a page misses values");
            position += count;
        }
    }

    /// Booleans in the hybrid encoding behind a length.
    static final class RunLengthBooleans implements RawDecoder {
        private final HybridDecoder values;

        RunLengthBooleans(Slice data) {
            long length =
                    data.length() >= 4
                            ? NativeMemory.getInt(data.memory(), 0) & 0xFFFF_FFFFL
                            : Long.MAX_VALUE;
            CorruptFile.check(length <= data.length() - 4, "a page misses values");
            this.values = new HybridDecoder(data.part(4, length), 1);
        }

        @Override
        public void read(int count, MemorySegment target, long offset, Heap heap) {
            values.readBytes(count, target, offset);
        }

        @Override
        public void skip(int count) {
            values.skip(count);
        }
    }

    /// BYTE_ARRAY: a length before each value. Views point into the page.
    static final class Binary implements RawDecoder {
        private final Slice data;
        private final DataBuffer buffer;
        private long position;

        Binary(Slice data, DataBuffer buffer) {
            this.data = data;
            this.buffer = buffer;
        }

        @Override
        public void read(int count, MemorySegment target, long offset, Heap heap) {
            MemorySegment memory = data.memory();
            long base = memory.address();
            long end = data.length();
            long at = position;
            MemorySegment out = target.asSlice(offset, (long) count * StringView.BYTES);
            for (int i = 0; i < count; i++) {
                CorruptFile.check(end - at >= 4, "a page misses values");
                long head = NativeMemory.getLong(memory, at);
                int length = (int) head;
                if (length < 0 || length > end - at - 4) {
                    throw new CorruptFile("a string's length is out of range");
                }
                long to = (long) i * StringView.BYTES;
                if (length > StringView.MAX_INLINE) {
                    NativeMemory.setLong(out, to, head); // length and the first four bytes
                    NativeMemory.setLong(out, to + 8, base + at + 4);
                } else {
                    // Bytes behind the value are masked off; the slack keeps the loads readable.
                    int low = Math.min(length, 4);
                    int high = length - low;
                    long lowMask = -1L >>> (32 - 8 * low);
                    long highMask = high == 0 ? 0 : -1L >>> (64 - 8 * high);
                    NativeMemory.setLong(out, to, head & lowMask);
                    NativeMemory.setLong(
                            out, to + 8, NativeMemory.getLong(memory, at + 8) & highMask);
                }
                at += 4L + length;
            }
            position = at;
            if (count > 0) {
                heap.keep(buffer);
            }
        }

        @Override
        public void skip(int count) {
            long at = position;
            for (int i = 0; i < count; i++) {
                CorruptFile.check(data.length() - at >= 4, "a page misses values");
                int length = NativeMemory.getInt(data.memory(), at);
                CorruptFile.check(
                        length >= 0 && length <= data.length() - at - 4,
                        "a string's length is out of range");
                at += 4L + length;
            }
            position = at;
        }
    }

    /// BYTE_STREAM_SPLIT: byte `k` of all values, then byte `k + 1`.
    static final class ByteStreamSplit implements RawDecoder {
        private final Slice data;
        private final int width;
        private final long total;
        private long position;

        ByteStreamSplit(Slice data, int width) {
            CorruptFile.check(data.length() % width == 0, "a page's size does not fit its values");
            this.data = data;
            this.width = width;
            this.total = data.length() / width;
        }

        @Override
        public void read(int count, MemorySegment target, long offset, Heap heap) {
            long from = position;
            skip(count);
            for (int b = 0; b < width; b++) {
                MemorySegment stream = data.memory().asSlice(b * total + from, count);
                MemorySegment out = target.asSlice(offset + b);
                for (int i = 0; i < count; i++) {
                    NativeMemory.setByte(out, (long) i * width, NativeMemory.getByte(stream, i));
                }
            }
        }

        @Override
        public void skip(int count) {
            CorruptFile.check(count <= total - position, "a page misses values");
            position += count;
        }
    }
}
