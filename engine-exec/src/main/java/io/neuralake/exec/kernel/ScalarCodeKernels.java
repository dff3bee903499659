package io.neuralake.exec.kernel;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Looks each code up in bytes.
public final class ScalarCodeKernels implements CodeKernels {
    @Override
    public void narrow(MemorySegment codes, int rowCount, CodeSet set, MemorySegment bits) {
        byte[] passing = set.bytes();
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old != 0) {
                long found = lookUp(codes, row, Math.min(rowCount, row + 64), passing);
                Bitmap.setWord(bits, w, old & found);
            }
        }
    }

    @Override
    public void compare(
            Comparison comparison,
            MemorySegment leftCodes,
            int[] left,
            MemorySegment rightCodes,
            int[] right,
            int rowCount,
            MemorySegment bits) {
        switch (comparison) {
            case EQUAL -> equal(leftCodes, left, rightCodes, right, rowCount, bits, 0);
            case NOT_EQUAL -> equal(leftCodes, left, rightCodes, right, rowCount, bits, -1);
            case LESS -> less(leftCodes, left, rightCodes, right, rowCount, bits, 0);
            case GREATER_OR_EQUAL -> less(leftCodes, left, rightCodes, right, rowCount, bits, -1);
            case GREATER -> less(rightCodes, right, leftCodes, left, rowCount, bits, 0);
            case LESS_OR_EQUAL -> less(rightCodes, right, leftCodes, left, rowCount, bits, -1);
        }
    }

    private static void equal(
            MemorySegment leftCodes,
            int[] left,
            MemorySegment rightCodes,
            int[] right,
            int rowCount,
            MemorySegment bits,
            long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            int end = Math.min(rowCount, row + 64);
            for (int i = row; i < end; i++) {
                int l = left[NativeMemory.getInt(leftCodes, (long) i << 2)];
                int r = right[NativeMemory.getInt(rightCodes, (long) i << 2)];
                word |= (l == r ? 1L : 0L) << i;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static void less(
            MemorySegment leftCodes,
            int[] left,
            MemorySegment rightCodes,
            int[] right,
            int rowCount,
            MemorySegment bits,
            long flip) {
        for (int row = 0, w = 0; row < rowCount; row += 64, w++) {
            long old = Bitmap.word(bits, w);
            if (old == 0) {
                continue;
            }
            long word = 0;
            int end = Math.min(rowCount, row + 64);
            for (int i = row; i < end; i++) {
                long l = left[NativeMemory.getInt(leftCodes, (long) i << 2)];
                long r = right[NativeMemory.getInt(rightCodes, (long) i << 2)];
                word |= (l - r >>> 63) << i;
            }
            Bitmap.setWord(bits, w, old & (word ^ flip));
        }
    }

    private static long lookUp(MemorySegment codes, int from, int to, byte[] passing) {
        long found = 0;
        int i = from;
        for (; i + 8 <= to; i += 8) {
            long at = (long) i << 2;
            int eight =
                    passing[NativeMemory.getInt(codes, at)]
                            | passing[NativeMemory.getInt(codes, at + 4)] << 1
                            | passing[NativeMemory.getInt(codes, at + 8)] << 2
                            | passing[NativeMemory.getInt(codes, at + 12)] << 3
                            | passing[NativeMemory.getInt(codes, at + 16)] << 4
                            | passing[NativeMemory.getInt(codes, at + 20)] << 5
                            | passing[NativeMemory.getInt(codes, at + 24)] << 6
                            | passing[NativeMemory.getInt(codes, at + 28)] << 7;
            found |= (long) eight << i;
        }
        for (; i < to; i++) {
            found |= (long) passing[NativeMemory.getInt(codes, (long) i << 2)] << i;
        }
        return found;
    }
}
