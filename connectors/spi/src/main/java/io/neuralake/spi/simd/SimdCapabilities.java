package io.neuralake.spi.simd;

import jdk.incubator.vector.ByteVector;

/// Says which vector width this process may use.
///
/// @param vectorBits width of the preferred species in bits; 0 when vector kernels are switched off
public record SimdCapabilities(int vectorBits) {
    /// System property that chooses the kernels: `auto` (default) or `scalar`.
    public static final String KERNELS_PROPERTY = "neuralake.kernels";

    private static final SimdCapabilities DETECTED = detect();

    /// Returns what this process may use; detected once.
    public static SimdCapabilities detected() {
        return DETECTED;
    }

    /// Tells whether vector kernels are worth choosing: 256 bits or more.
    public boolean vectorKernels() {
        return vectorBits >= 256;
    }

    private static SimdCapabilities detect() {
        if ("scalar".equals(System.getProperty(KERNELS_PROPERTY))) {
            return new SimdCapabilities(0);
        }
        try {
            return new SimdCapabilities(ByteVector.SPECIES_PREFERRED.vectorBitSize());
        } catch (NoClassDefFoundError absent) {
            return new SimdCapabilities(0); // started without the incubator module
        }
    }
}
