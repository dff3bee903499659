package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.page.Slice;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Decodes the DELTA encodings.
final class DeltaDecoders {
    /// Values whose lengths are read at a time.
    private static final int STEP = 1024;

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
                values.readLongs(count, target, offset);
            } else {
                values.readInts(count, target, offset);
            }
        }

        @Override
        public void skip(int count) {
            values.skip(count);
        }
    }

    /// DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes.
    static final class Lengths implements RawDecoder {
        private final Slice data;
        private final DataBuffer buffer;
        private final DeltaBinaryReader lengths;
        private final int[] length = new int[STEP];
        private long position;

        Lengths(Slice data, DataBuffer buffer, int maximum) {
            this.data = data;
            this.buffer = buffer;
            this.lengths = new DeltaBinaryReader(data, 0, maximum);
            this.position = lengths.sectionEnd();
        }

        @Override
        public Slice valueBytes(Slice page) {
            return page.part(position, page.length() - position);
        }

        @Override
        public void read(int count, MemorySegment target, long offset, Heap heap) {
            for (int done = 0; done < count; done += STEP) {
                int step = Math.min(STEP, count - done);
                long at = data.memory().address() + readLengths(step);
                long to = offset + (long) done * StringView.BYTES;
                for (int i = 0; i < step; i++) {
                    StringView.write(target, to + (long) i * StringView.BYTES, at, length[i]);
                    at += length[i];
                }
            }
            if (count > 0) {
                heap.keep(buffer);
            }
        }

        @Override
        public void skip(int count) {
            for (int done = 0; done < count; done += STEP) {
                readLengths(Math.min(STEP, count - done));
            }
        }

        /// Reads the lengths of the next `count` values, passes these, and returns where they
        /// begin.
        private long readLengths(int count) {
            lengths.readLengths(count, length);
            long sum = 0;
            for (int i = 0; i < count; i++) {
                sum += length[i];
            }
            CorruptFile.check(sum <= data.length() - position, "a page misses values");
            long from = position;
            position += sum;
            return from;
        }
    }

    /// DELTA_BYTE_ARRAY: each value shares a prefix with the one before. Fixed-length values come
    /// as bytes one after the other, others as views.
    static final class Prefixes implements RawDecoder {
        private static final int MAX_LENGTH = 1 << 30;

        private final Slice data;
        private final int fixedWidth;
        private final DeltaBinaryReader prefixes;
        private final DeltaBinaryReader suffixes;
        private final int[] prefix = new int[STEP];
        private final int[] suffix = new int[STEP];
        private final int[] length = new int[STEP];
        private byte[] previous = new byte[64];
        private int previousLength;
        private long position;

        /// @param fixedWidth bytes of a FIXED_LEN_BYTE_ARRAY value, 0 for BYTE_ARRAY
        Prefixes(Slice data, int fixedWidth, int maximum) {
            this.data = data;
            this.fixedWidth = fixedWidth;
            this.prefixes = new DeltaBinaryReader(data, 0, maximum);
            this.suffixes = new DeltaBinaryReader(data, prefixes.sectionEnd(), maximum);
            this.position = suffixes.sectionEnd();
            CorruptFile.check(
                    prefixes.total() == suffixes.total(), "a page's prefixes and suffixes differ");
        }

        /// Prefixes repeat bytes of the suffixes before.
        @Override
        public Slice valueBytes(Slice page) {
            return page.part(position, page.length() - position);
        }

        @Override
        public void read(int count, MemorySegment target, long offset, Heap heap) {
            for (int done = 0; done < count; done += STEP) {
                int step = Math.min(STEP, count - done);
                long bytes = readLengths(step);
                if (fixedWidth > 0) {
                    fixed(step, target, offset + (long) done * fixedWidth);
                } else {
                    DataBuffer buffer = heap.allocate(bytes);
                    views(step, buffer, target, offset + (long) done * StringView.BYTES);
                }
            }
        }

        @Override
        public void skip(int count) {
            for (int done = 0; done < count; done += STEP) {
                int step = Math.min(STEP, count - done);
                readLengths(step);
                for (int i = 0; i < step; i++) {
                    advance(i);
                }
            }
        }

        /// Reads and checks the lengths of the next `count` values and returns their sum.
        private long readLengths(int count) {
            long sum = 0;
            int before = previousLength;
            long left = data.length() - position;
            prefixes.readLengths(count, prefix);
            suffixes.readLengths(count, suffix);
            for (int i = 0; i < count; i++) {
                CorruptFile.check(
                        prefix[i] <= before && suffix[i] <= left,
                        "a string's prefix or suffix is out of range");
                CorruptFile.check(suffix[i] <= MAX_LENGTH - prefix[i], "a string is too long");
                left -= suffix[i];
                before = prefix[i] + suffix[i];
                length[i] = before;
                sum += before;
            }
            return sum;
        }

        private void fixed(int count, MemorySegment target, long offset) {
            for (int i = 0; i < count; i++) {
                CorruptFile.check(
                        length[i] == fixedWidth, "a fixed-length value has another length");
                advance(i);
                copyTo(target, offset + (long) i * fixedWidth);
            }
        }

        private void views(int count, DataBuffer buffer, MemorySegment target, long offset) {
            long at = 0;
            for (int i = 0; i < count; i++) {
                advance(i);
                copyTo(buffer.segment(), at);
                StringView.write(
                        target,
                        offset + (long) i * StringView.BYTES,
                        buffer.address() + at,
                        previousLength);
                at += previousLength;
            }
        }

        private void copyTo(MemorySegment target, long offset) {
            MemorySegment.copy(previous, 0, target, ValueLayout.JAVA_BYTE, offset, previousLength);
        }

        private void advance(int index) {
            int kept = prefix[index];
            int added = suffix[index];
            if (length[index] > previous.length) {
                previous = Arrays.copyOf(previous, Math.max(length[index], 2 * previous.length));
            }
            MemorySegment.copy(
                    data.memory(), ValueLayout.JAVA_BYTE, position, previous, kept, added);
            position += added;
            previousLength = length[index];
        }
    }
}
