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
        private static final int SAMPLE_REST = 29;
        private static final int SKIPPED_WORDS = 5;
        private static final Comparison[] COMPARISONS = {Comparison.EQUAL, Comparison.LESS};
        private static final int[] SAMPLE_SIZES = {50, 4096, 8192};

        private static final WarmingKernels<CodeKernels> KERNELS =
                WarmingKernels.of(
                        new ScalarCodeKernels(),
                        best(SimdCapabilities.detected()),
                        Warming::sample,
                        ENOUGH_CODES);

        private Warming() {}

        /// Takes every branch, for the first query that took another would throw the compiled code away:
        /// looks up in sets of each form, with words that are skipped and a rest.
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
                        select(bits);
                        kernels.narrow(codes, SAMPLE_ROWS - SAMPLE_REST, set, bits);
                    }
                    int[] values = new int[size];
                    for (Comparison comparison : COMPARISONS) {
                        select(bits);
                        kernels.compare(
                                comparison,
                                codes,
                                values,
                                codes,
                                values,
                                SAMPLE_ROWS - SAMPLE_REST,
                                bits);
                    }
                }
            }
        }

        private static void select(MemorySegment bits) {
            Bitmap.fill(bits, SAMPLE_ROWS);
            for (int word = 0; word < SAMPLE_ROWS >> 6; word += SKIPPED_WORDS) {
                Bitmap.setWord(bits, word, 0);
            }
        }

        private static MemorySegment unowned(MemorySegment segment) {
            return NativeMemory.segment(segment.address(), segment.byteSize());
        }
    }
}
