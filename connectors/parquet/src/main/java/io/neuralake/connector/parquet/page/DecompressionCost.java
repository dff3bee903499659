package io.neuralake.connector.parquet.page;

import org.apache.parquet.format.CompressionCodec;

/// Learns what decompressing costs, in nanoseconds a byte of what comes out, by codec. Thread-safe;
/// updates of several threads may lose one another.
final class DecompressionCost {
    /// A thread that lost its processor in the middle must not look like a page worth gold.
    private static final float MAX_RATIO = 4;

    private static final float WEIGHT = 1 / 32f;
    private static final float UNKNOWN = 1;

    private final float[] means = new float[CompressionCodec.values().length];

    /// Returns what a page will cost.
    float expected(CompressionCodec codec) {
        float mean = means[codec.ordinal()];
        return mean == 0 ? UNKNOWN : mean;
    }

    /// Takes a measurement in and returns what the page costs, within bounds of the mean.
    float measured(CompressionCodec codec, long bytes, long nanos) {
        float cost = Math.max(1, nanos) / (float) Math.max(1, bytes);
        float mean = means[codec.ordinal()];
        if (mean == 0) {
            means[codec.ordinal()] = cost;
            return cost;
        }
        cost = Math.clamp(cost, mean / MAX_RATIO, mean * MAX_RATIO);
        means[codec.ordinal()] = mean + (cost - mean) * WEIGHT;
        return cost;
    }
}
