package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Decodes the DELTA encodings.
final class DeltaDecoders {
    private DeltaDecoders() {}

    /// DELTA_BINARY_PACKED integers of 4 or 8 bytes.
    static final class Integers implements RawDecoder {
        private final DeltaBinaryReader values;
        private final boolean wide;

        Integers(Slice data, int width, int maximum) {
            this.values = new DeltaBinaryReader(data, 0, maximum);
            this.wide = width == 8;
        }

        @Override
        public void read(int count, MemorySegment target, long offset, Heap heap) {
            if (wide) {
                for (int i = 0; i < count; i++) {
                    target.set(ValueLayout.JAVA_LONG_UNALIGNED, offset + 8L * i, values.next());
                }
            } else {
                for (int i = 0; i < count; i++) {
                    target.set(
                            ValueLayout.JAVA_INT_UNALIGNED, offset + 4L * i, (int) values.next());
                }
            }
        }

        @Override
        public void skip(int count) {
            for (int i = 0; i < count; i++) {
                values.next();
            }
        }
    }

    /// DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes.
    static final class Lengths implements RawDecoder {
        private final Slice data;
        private final DataBuffer buffer;
        private final int[] lengths;
        private int index;
        private long position;

        Lengths(Slice data, DataBuffer buffer, int maximum) {
            DeltaBinaryReader reader = new DeltaBinaryReader(data, 0, maximum);
            this.data = data;
            this.buffer = buffer;
            this.lengths = new int[reader.total()];
            reader.lengths(lengths);
            this.position = reader.position();
        }

        @Override
        public void read(int count, MemorySegment target, long offset, Heap heap) {
            for (int i = 0; i < count; i++) {
                long from = advance();
                StringView.write(
                        target,
                        offset + (long) i * StringView.BYTES,
                        data.memory().address() + from,
                        (int) (position - from));
            }
            if (count > 0) {
                heap.keep(buffer);
            }
        }

        @Override
        public void skip(int count) {
            for (int i = 0; i < count; i++) {
                advance();
            }
        }

        private long advance() {
            CorruptFile.check(
                    index < lengths.length && lengths[index] <= data.length() - position,
                    "a page misses values");
            long from = position;
            position += lengths[index++];
            return from;
        }
    }

    /// DELTA_BYTE_ARRAY: each value shares a prefix with the one before. Fixed-length values come as
    /// bytes one after the other, others as views.
    static final class Prefixes implements RawDecoder {
        private final Slice data;
        private final int fixedWidth;
        private final int[] prefixes;
        private final int[] suffixes;
        private byte[] previous = new byte[64];
        private int previousLength;
        private int index;
        private long position;

        /// @param fixedWidth bytes of a FIXED_LEN_BYTE_ARRAY value, 0 for BYTE_ARRAY
        Prefixes(Slice data, int fixedWidth, int maximum) {
            DeltaBinaryReader first = new DeltaBinaryReader(data, 0, maximum);
            this.prefixes = new int[first.total()];
            first.lengths(prefixes);
            DeltaBinaryReader second = new DeltaBinaryReader(data, first.position(), maximum);
            this.suffixes = new int[second.total()];
            second.lengths(suffixes);
            CorruptFile.check(
                    prefixes.length == suffixes.length, "a page's prefixes and suffixes differ");
            this.data = data;
            this.fixedWidth = fixedWidth;
            this.position = second.position();
        }

        @Override
        public void read(int count, MemorySegment target, long offset, Heap heap) {
            CorruptFile.check(count <= prefixes.length - index, "a page misses values");
            if (fixedWidth > 0) {
                for (int i = 0; i < count; i++) {
                    advance();
                    CorruptFile.check(
                            previousLength == fixedWidth,
                            "a fixed-length value has another length");
                    copyTo(target, offset + (long) i * fixedWidth);
                }
                return;
            }
            long bytes = 0;
            for (int i = 0; i < count; i++) {
                bytes += (long) prefixes[index + i] + suffixes[index + i];
            }
            DataBuffer buffer = heap.allocate(bytes);
            long at = 0;
            for (int i = 0; i < count; i++) {
                advance();
                copyTo(buffer.segment(), at);
                StringView.write(
                        target,
                        offset + (long) i * StringView.BYTES,
                        buffer.address() + at,
                        previousLength);
                at += previousLength;
            }
        }

        @Override
        public void skip(int count) {
            CorruptFile.check(count <= prefixes.length - index, "a page misses values");
            for (int i = 0; i < count; i++) {
                advance();
            }
        }

        private void copyTo(MemorySegment target, long offset) {
            MemorySegment.copy(previous, 0, target, ValueLayout.JAVA_BYTE, offset, previousLength);
        }

        private void advance() {
            int prefix = prefixes[index];
            int suffix = suffixes[index++];
            CorruptFile.check(
                    prefix <= previousLength && suffix <= data.length() - position,
                    "a string's prefix or suffix is out of range");
            long length = (long) prefix + suffix;
            CorruptFile.check(length <= 1 << 30, "a string is too long");
            if (length > previous.length) {
                previous =
                        java.util.Arrays.copyOf(
                                previous, (int) Math.max(length, 2L * previous.length));
            }
            MemorySegment.copy(
                    data.memory(), ValueLayout.JAVA_BYTE, position, previous, prefix, suffix);
            position += suffix;
            previousLength = (int) length;
        }
    }
}
