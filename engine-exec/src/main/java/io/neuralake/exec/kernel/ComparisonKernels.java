package io.neuralake.exec.kernel;

import io.neuralake.exec.kernel.vector.VectorComparisonKernels;
import io.neuralake.spi.simd.SimdCapabilities;

import java.lang.foreign.MemorySegment;

/// Compares values and narrows a bitmap to the rows for which the comparison holds. Words of the
/// bitmap that are zero are skipped. Bits behind the row count stay as they are or become clear.
/// Doubles are ordered as SQL orders them here: NaN equals itself and is greater than all others,
/// -0.0 equals 0.0. Thread-safe.
public interface ComparisonKernels {
    /// Returns the kernels for this machine.
    static ComparisonKernels best(SimdCapabilities capabilities) {
        return capabilities.vectorKernels()
                ? new VectorComparisonKernels()
                : new ScalarComparisonKernels();
    }

    /// Narrows to the rows whose int32 compares so with a constant.
    void int32(
            Comparison comparison,
            MemorySegment values,
            int constant,
            int rowCount,
            MemorySegment bits);

    /// Narrows to the rows whose int32 compares so with another column's.
    void int32(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int rowCount,
            MemorySegment bits);

    /// Narrows to the rows whose int64 compares so with a constant.
    void int64(
            Comparison comparison,
            MemorySegment values,
            long constant,
            int rowCount,
            MemorySegment bits);

    /// Narrows to the rows whose int64 compares so with another column's.
    void int64(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int rowCount,
            MemorySegment bits);

    /// Narrows to the rows whose double compares so with a constant.
    void float64(
            Comparison comparison,
            MemorySegment values,
            double constant,
            int rowCount,
            MemorySegment bits);

    /// Narrows to the rows whose double compares so with another column's.
    void float64(
            Comparison comparison,
            MemorySegment left,
            MemorySegment right,
            int rowCount,
            MemorySegment bits);
}
