package io.neuralake.exec.kernel;

import io.neuralake.exec.kernel.vector.VectorCodeKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.simd.SimdCapabilities;
import io.neuralake.spi.simd.WarmingKernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Looks codes of dictionaries up in a set, and compares what they stand for. Thread-safe.
public interface CodeKernels {
    /// Narrows a bitmap to the rows whose code is in the set. Words of the bitmap that are zero are
    /// skipped. Bits behind the row count stay as they are or become clear.
    ///
    /// @param codes int32 each, all of them codes of the set's dictionary
    void narrow(MemorySegment codes, int rowCount, CodeSet set, MemorySegment bits);

    /// Narrows a bitmap to the rows for which the values of two columns compare so. As [#narrow] else.
    ///
    /// @param leftCodes int32 each
    /// @param left the values of the left column's codes
    /// @param rightCodes int32 each
    /// @param right the values of the right column's codes
    void compare(
            Comparison comparison,
            MemorySegment leftCodes,
            int[] left,
            MemorySegment rightCodes,
            int[] right,
            int rowCount,
            MemorySegment bits);

    /// Returns the kernels for a machine.
    static CodeKernels best(SimdCapabilities capabilities) {
        return capabilities.vectorKernels() ? new VectorCodeKernels() : new ScalarCodeKernels();
    }

    /// Returns the kernels for this machine, of which scalar ones begin.
    static WarmingKernels<CodeKernels> warming() {
        return Warming.KERNELS;
    }

    /// Chooses once.
    final class Warming {
        /// Codes after which vectors are worth their compilation: some ten columns of a million rows.
        private static final long ENOUGH_CODES = 16_000_000;

        private static final int SAMPLE_ROWS = 4096;
        private static final int[] SAMPLE_SIZES = {50, 4096, 8192};

        private static final WarmingKernels<CodeKernels> KERNELS =
                WarmingKernels.of(
                        new ScalarCodeKernels(),
                        best(SimdCapabilities.detected()),
                        Warming::sample,
                        ENOUGH_CODES);

        private Warming() {}

        /// Looks up in sets of each form.
        private static void sample(CodeKernels kernels) {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment codes = unowned(arena.allocate(4L * SAMPLE_ROWS, 64));
                MemorySegment bits = unowned(arena.allocate(Bitmap.bytes(SAMPLE_ROWS), 64));
                for (int size : SAMPLE_SIZES) {
                    MemorySegment passing = unowned(arena.allocate(Bitmap.bytes(size), 64));
                    CodeSet set = new CodeSet();
                    for (int i = 0; i < SAMPLE_ROWS; i++) {
                        NativeMemory.setInt(codes, 4L * i, i * 7 % size);
                    }
                    for (int code : new int[] {1, 2, 5}) {
                        Bitmap.set(passing, code, true);
                        set.set(passing, size);
                        Bitmap.fill(bits, SAMPLE_ROWS);
                        kernels.narrow(codes, SAMPLE_ROWS, set, bits);
                    }
                    int[] values = new int[size];
                    Bitmap.fill(bits, SAMPLE_ROWS);
                    kernels.compare(
                            Comparison.EQUAL, codes, values, codes, values, SAMPLE_ROWS, bits);
                    kernels.compare(
                            Comparison.LESS, codes, values, codes, values, SAMPLE_ROWS, bits);
                }
            }
        }

        private static MemorySegment unowned(MemorySegment segment) {
            return NativeMemory.segment(segment.address(), segment.byteSize());
        }
    }
}
