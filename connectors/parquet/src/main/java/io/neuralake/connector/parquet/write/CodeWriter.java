package io.neuralake.connector.parquet.write;

import java.util.Arrays;

/// Writes dictionary codes in Parquet's hybrid of runs and bit-packed groups (encoding RLE). Packs all codes between
/// two long runs together: readers unpack a long section at many times the speed of the sections of 504 values that
/// parquet-java begins anew. For one thread.
final class CodeWriter {
    /// Shorter runs are packed: opening a section takes a reader longer than unpacking so many values.
    static final int MIN_RUN = 64;

    private static final int GROUP = 8;

    private byte[] bytes = new byte[1024];
    private int size;

    /// Returns the section of some codes.
    ///
    /// @param width bits of a code, 0 to 32
    byte[] write(int[] codes, int from, int to, int width) {
        size = 0;
        int packed = from;
        int at = from;
        while (at < to) {
            int end = runEnd(codes, at, to);
            // Groups before a run are whole: they take its first values.
            int start = Math.min(end, packed + (at - packed + GROUP - 1) / GROUP * GROUP);
            if (end - start >= MIN_RUN) {
                pack(codes, packed, start, width);
                run(codes[start], end - start, width);
                packed = end;
            }
            at = end;
        }
        pack(codes, packed, to, width);
        return Arrays.copyOf(bytes, size);
    }

    private static int runEnd(int[] codes, int from, int to) {
        int end = from + 1;
        while (end < to && codes[end] == codes[from]) {
            end++;
        }
        return end;
    }

    private void run(int code, int count, int width) {
        header((long) count << 1);
        int valueBytes = (width + 7) >>> 3;
        reserve(valueBytes);
        for (int i = 0; i < valueBytes; i++) {
            bytes[size++] = (byte) (code >>> Byte.SIZE * i);
        }
    }

    private void pack(int[] codes, int from, int to, int width) {
        if (from == to) {
            return;
        }
        int groups = (to - from + GROUP - 1) / GROUP;
        header((long) groups << 1 | 1);
        int end = size + groups * width;
        reserve(groups * width);
        long buffer = 0;
        int bits = 0;
        for (int i = from; i < to; i++) {
            buffer |= (long) codes[i] << bits;
            bits += width;
            while (bits >= Byte.SIZE) {
                bytes[size++] = (byte) buffer;
                buffer >>>= Byte.SIZE;
                bits -= Byte.SIZE;
            }
        }
        if (bits > 0) {
            bytes[size++] = (byte) buffer;
        }
        Arrays.fill(bytes, size, end, (byte) 0);
        size = end;
    }

    private void header(long value) {
        reserve(Long.BYTES);
        long left = value;
        while (left >= 0x80) {
            bytes[size++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[size++] = (byte) left;
    }

    private void reserve(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more));
        }
    }
}
