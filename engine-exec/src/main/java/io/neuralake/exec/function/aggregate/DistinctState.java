package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.statistics.DistinctSketch;

/// The sketch of a group's values.
record DistinctState(DistinctSketch sketch) implements ObjectAccumulator.Sketch<DistinctState> {
    @Override
    public void merge(DistinctState other) {
        sketch.merge(other.sketch);
    }

    @Override
    public long bytes() {
        return sketch.bytes();
    }

    @Override
    public byte[] toBytes() {
        return sketch.toBytes();
    }
}
