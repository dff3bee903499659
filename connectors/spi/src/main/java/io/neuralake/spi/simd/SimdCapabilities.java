package io.neuralake.spi.simd;

import com.sun.management.HotSpotDiagnosticMXBean;

import jdk.incubator.vector.ByteVector;

import java.lang.management.ManagementFactory;

/// Says which vector width this process may use.
///
/// @param vectorBits width of the preferred species in bits; 0 when vector kernels are switched off
///     or would run without vector instructions
public record SimdCapabilities(int vectorBits) {
    /// System property that chooses the kernels: `auto` (default), `scalar`, or `vector` for those of
    /// [WarmingKernels] that are to begin with vectors.
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

    /// Tells whether HotSpot's C2 compiles operations on vectors to vector instructions. With an
    /// archived module graph and without its flags it silently does not, and vector kernels are then
    /// 30 times slower than scalar ones.
    public static boolean compiled() {
        HotSpotDiagnosticMXBean hotspot =
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        if (hotspot == null) {
            return false;
        }
        try {
            return Boolean.parseBoolean(hotspot.getVMOption("EnableVectorSupport").getValue());
        } catch (IllegalArgumentException locked) {
            // Only experimental options are hidden like that. The module switches the option on
            // when
            // it is resolved the plain way.
            return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        }
    }

    /// Tells whether kernels may begin scalar and change to vectors later.
    public static boolean warming() {
        return !"vector".equals(System.getProperty(KERNELS_PROPERTY));
    }

    private static SimdCapabilities detect() {
        if ("scalar".equals(System.getProperty(KERNELS_PROPERTY)) || !compiled()) {
            return new SimdCapabilities(0);
        }
        try {
            return new SimdCapabilities(ByteVector.SPECIES_PREFERRED.vectorBitSize());
        } catch (NoClassDefFoundError absent) {
            return new SimdCapabilities(0); // started without the incubator module
        }
    }
}
