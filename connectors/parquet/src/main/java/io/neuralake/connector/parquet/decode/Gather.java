package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Looks up dictionary values by code.
final class Gather {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private Gather() {}

    /// Throws [CorruptFile] unless all codes are below `size`.
    static void checkCodes(MemorySegment codes, long offset, int count, int size) {
        MemorySegment slice = codes.asSlice(offset, 4L * count);
        int worst = 0;
        int largest = 0;
        for (int i = 0; i < count; i++) {
            int code = slice.get(INT, 4L * i);
            worst |= code;
            largest = Math.max(largest, code);
        }
        CorruptFile.check(
                worst >= 0 && largest < size || count == 0, "a dictionary code is out of range");
    }

    /// Copies the values of `width` bytes that `codes` name.
    static void values(
            int width,
            MemorySegment codes,
            int count,
            MemorySegment dictionary,
            MemorySegment target,
            long offset) {
        MemorySegment out = target.asSlice(offset, (long) count * width);
        switch (width) {
            case 1 -> {
                for (int i = 0; i < count; i++) {
                    out.set(
                            ValueLayout.JAVA_BYTE,
                            i,
                            dictionary.get(ValueLayout.JAVA_BYTE, codes.get(INT, 4L * i)));
                }
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    out.set(
                            ValueLayout.JAVA_SHORT_UNALIGNED,
                            2L * i,
                            dictionary.get(
                                    ValueLayout.JAVA_SHORT_UNALIGNED, 2L * codes.get(INT, 4L * i)));
                }
            }
            case 4 -> {
                for (int i = 0; i < count; i++) {
                    out.set(INT, 4L * i, dictionary.get(INT, 4L * codes.get(INT, 4L * i)));
                }
            }
            case 8 -> {
                for (int i = 0; i < count; i++) {
                    out.set(LONG, 8L * i, dictionary.get(LONG, 8L * codes.get(INT, 4L * i)));
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    long from = 16L * codes.get(INT, 4L * i);
                    out.set(LONG, 16L * i, dictionary.get(LONG, from));
                    out.set(LONG, 16L * i + 8, dictionary.get(LONG, from + 8));
                }
            }
        }
    }
}
