package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;

/// Reads numbers of variants, little-endian, and refuses what lies outside.
final class VariantBytes {
    private VariantBytes() {}

    /// Throws [CorruptFile] unless `count` bytes from `at` on lie before `end`.
    static void check(long at, long count, long end) {
        CorruptFile.check(at >= 0 && count >= 0 && at + count <= end, "a variant ends early");
    }

    /// Reads a number of 1 to 4 bytes without sign.
    static long unsigned(byte[] bytes, long at, int width, int end) {
        check(at, width, end);
        long value = 0;
        for (int i = 0; i < width; i++) {
            value |= (bytes[(int) at + i] & 0xFFL) << 8 * i;
        }
        return value;
    }

    /// Reads a number of 1 to 8 bytes with sign.
    static long signed(byte[] bytes, int at, int width, int end) {
        check(at, width, end);
        long value = bytes[at + width - 1];
        for (int i = width - 2; i >= 0; i--) {
            value = value << 8 | bytes[at + i] & 0xFF;
        }
        return value;
    }
}
