package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Looks up dictionary values by code.
final class Gather {
    private Gather() {}

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
