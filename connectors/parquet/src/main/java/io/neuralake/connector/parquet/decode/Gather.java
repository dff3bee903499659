package io.neuralake.connector.parquet.decode;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Looks up dictionary values by code.
final class Gather {

    private Gather() {}

    /// Throws [CorruptFile] unless all codes are below `size`.
    static void checkCodes(MemorySegment codes, long offset, int count, int size) {
        MemorySegment slice = codes.asSlice(offset, 4L * count);
        int worst = 0;
        int largest = 0;
        for (int i = 0; i < count; i++) {
            int code = slice.get(ValueLayout.JAVA_INT_UNALIGNED, 4L * i); // C2 vectorizes this
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
                    NativeMemory.setByte(
                            out,
                            i,
                            NativeMemory.getByte(dictionary, NativeMemory.getInt(codes, 4L * i)));
                }
            }
            case 2 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setShort(
                            out,
                            2L * i,
                            NativeMemory.getShort(
                                    dictionary, 2L * NativeMemory.getInt(codes, 4L * i)));
                }
            }
            case 4 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setInt(
                            out,
                            4L * i,
                            NativeMemory.getInt(
                                    dictionary, 4L * NativeMemory.getInt(codes, 4L * i)));
                }
            }
            case 8 -> {
                for (int i = 0; i < count; i++) {
                    NativeMemory.setLong(
                            out,
                            8L * i,
                            NativeMemory.getLong(
                                    dictionary, 8L * NativeMemory.getInt(codes, 4L * i)));
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    long from = 16L * NativeMemory.getInt(codes, 4L * i);
                    NativeMemory.setLong(out, 16L * i, NativeMemory.getLong(dictionary, from));
                    NativeMemory.setLong(
                            out, 16L * i + 8, NativeMemory.getLong(dictionary, from + 8));
                }
            }
        }
    }
}
