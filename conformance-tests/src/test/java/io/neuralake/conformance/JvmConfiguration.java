package io.neuralake.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.spill.SpillSettings;
import io.neuralake.spi.simd.SimdCapabilities;

/// A way to run the same corpus that holds for a whole JVM. The pom runs the tests tagged with
/// [#CORPUS] once for each, in a JVM of its own.
public enum JvmConfiguration {
    STANDARD,
    /// No kernel of the Vector API is chosen.
    SCALAR_KERNELS,
    /// Every hash is 0: all keys collide.
    HASH_ZERO,
    /// Whatever can be spilled is, at every batch.
    SPILL_EVERYTHING;

    /// Tag of the tests which run under each configuration.
    public static final String CORPUS = "corpus";

    /// Reads which one this JVM was started as, and makes sure that it is in force.
    ///
    /// @throws AssertionError if the engine does not behave as the configuration says
    public static JvmConfiguration current() {
        JvmConfiguration current =
                valueOf(System.getProperty("neuralake.test.configuration", STANDARD.name()));
        boolean hashZero = HashKernels.hashInt64(1) == 0;
        assertThat(hashZero).as("hashes are 0").isEqualTo(current == HASH_ZERO);
        if (current == SCALAR_KERNELS) {
            assertThat(SimdCapabilities.detected().vectorBits()).as("vector bits").isZero();
        }
        if (current == SPILL_EVERYTHING) {
            assertThat(SpillSettings.defaults().everything()).as("spills everything").isTrue();
        }
        return current;
    }
}
