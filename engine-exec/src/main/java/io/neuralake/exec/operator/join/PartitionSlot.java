package io.neuralake.exec.operator.join;

import org.jspecify.annotations.Nullable;

/// Tells the operator that probes spilled rows what its source, which runs in the same worker, reads.
final class PartitionSlot {
    private @Nullable BuildSide build;
    private boolean joined;

    /// Says that what follows are probe rows of a partition.
    void probe(BuildSide side) {
        build = side;
        joined = false;
    }

    /// Says that what follows are rows of the result.
    void passOn() {
        joined = true;
    }

    /// Returns what to probe, or null when rows are to be passed on.
    @Nullable BuildSide build() {
        return joined ? null : build;
    }
}
