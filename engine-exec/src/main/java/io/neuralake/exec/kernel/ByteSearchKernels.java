package io.neuralake.exec.kernel;

import io.neuralake.exec.kernel.vector.VectorByteSearchKernels;
import io.neuralake.spi.simd.SimdCapabilities;

/// Finds bytes in memory by absolute addresses. Reads nothing outside of the range. Thread-safe.
public interface ByteSearchKernels {
    /// Returns the kernels for this machine.
    static ByteSearchKernels best(SimdCapabilities capabilities) {
        return capabilities.vectorKernels()
                ? new VectorByteSearchKernels()
                : new ScalarByteSearchKernels();
    }

    /// Returns the address of the first occurrence, or -1. An empty needle is found at `from`.
    ///
    /// @param to the address behind the last byte
    long find(long from, long to, byte[] needle);
}
