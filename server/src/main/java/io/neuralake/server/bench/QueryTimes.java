package io.neuralake.server.bench;

import java.util.Arrays;
import java.util.List;

/// The times of one query on each engine.
///
/// @param millis one array an engine, in the order of the engines; one entry a run
/// @param checksum of the answer, which all engines agreed on
/// @param coldMillis time on the first engine in a process that ran nothing before; NaN when it was
///     not taken
public record QueryTimes(String query, List<double[]> millis, String checksum, double coldMillis) {
    /// Adds the time of a process that ran nothing before.
    public QueryTimes withColdMillis(double cold) {
        return new QueryTimes(query, millis, checksum, cold);
    }

    /// Returns the best time of an engine in milliseconds.
    public double best(int engine) {
        return Arrays.stream(millis.get(engine)).min().orElse(Double.NaN);
    }

    /// Returns the median time of an engine in milliseconds.
    public double median(int engine) {
        double[] sorted = millis.get(engine).clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
