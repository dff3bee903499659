package io.neuralake.server.bench;

import java.util.Arrays;

/// What the runs of one query took on one engine, in the order of the runs.
///
/// @param millis elapsed time of each run
/// @param cpuMillis processor time of the whole process in each run, compilers and garbage collector
///     included
/// @param peakBytes the most memory that the query held, as the engine itself counts it
public record EngineRuns(double[] millis, double[] cpuMillis, long peakBytes) {
    /// Returns the shortest time.
    public double best() {
        return Arrays.stream(millis).min().orElse(Double.NaN);
    }

    /// Returns the median time.
    public double median() {
        return median(millis);
    }

    /// Returns the median of the processor times.
    public double medianCpu() {
        return median(cpuMillis);
    }

    /// Returns the least of the processor times.
    public double leastCpu() {
        return Arrays.stream(cpuMillis).min().orElse(Double.NaN);
    }

    private static double median(double[] values) {
        if (values.length == 0) {
            return Double.NaN;
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
