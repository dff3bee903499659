package io.neuralake.conformance.delta;

/// How much the tests of faults and of random changes do: by default what a build has time for, with
/// `-Dneuralake.faults=full` what is asked of a release.
final class Faults {
    private Faults() {}

    /// Returns one of two sizes.
    static int full(int full, int brief) {
        return "full".equals(System.getProperty("neuralake.faults")) ? full : brief;
    }
}
