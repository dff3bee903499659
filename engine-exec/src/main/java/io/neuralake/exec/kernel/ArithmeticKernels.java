package io.neuralake.exec.kernel;

import io.neuralake.exec.kernel.vector.VectorArithmeticKernels;
import io.neuralake.spi.simd.SimdCapabilities;

import java.lang.foreign.MemorySegment;

/// Computes sums, differences and products of 64-bit values. Integer kernels return a negative
/// number when any row overflowed, whether that row is null or selected: the caller then looks which.
/// Products of integers are not checked. Thread-safe.
public interface ArithmeticKernels {
    /// Returns the kernels for this machine.
    static ArithmeticKernels best(SimdCapabilities capabilities) {
        return capabilities.vectorKernels()
                ? new VectorArithmeticKernels()
                : new ScalarArithmeticKernels();
    }

    /// Adds two columns of int64.
    long addInt64(MemorySegment left, MemorySegment right, int rowCount, MemorySegment to);

    /// Adds a constant to a column of int64.
    long addInt64(MemorySegment left, long right, int rowCount, MemorySegment to);

    /// Subtracts a column of int64 from another.
    long subtractInt64(MemorySegment left, MemorySegment right, int rowCount, MemorySegment to);

    /// Subtracts a column of int64 from a constant.
    long subtractInt64(long left, MemorySegment right, int rowCount, MemorySegment to);

    /// Multiplies two columns of int64, keeping the low 64 bits.
    void multiplyInt64(MemorySegment left, MemorySegment right, int rowCount, MemorySegment to);

    /// Multiplies a column of int64 with a constant, keeping the low 64 bits.
    void multiplyInt64(MemorySegment left, long right, int rowCount, MemorySegment to);

    /// Adds two columns of doubles.
    void addFloat64(MemorySegment left, MemorySegment right, int rowCount, MemorySegment to);

    /// Adds a constant to a column of doubles.
    void addFloat64(MemorySegment left, double right, int rowCount, MemorySegment to);

    /// Subtracts a column of doubles from another.
    void subtractFloat64(MemorySegment left, MemorySegment right, int rowCount, MemorySegment to);

    /// Subtracts a column of doubles from a constant.
    void subtractFloat64(double left, MemorySegment right, int rowCount, MemorySegment to);

    /// Multiplies two columns of doubles.
    void multiplyFloat64(MemorySegment left, MemorySegment right, int rowCount, MemorySegment to);

    /// Multiplies a column of doubles with a constant.
    void multiplyFloat64(MemorySegment left, double right, int rowCount, MemorySegment to);
}
