package io.neuralake.server.bench.load;

import org.HdrHistogram.Histogram;

/// How long the requests of a load took. Clients ask again as soon as they are answered, so a slow
/// answer holds back only its own client's next request.
///
/// @param label of the workload
/// @param clients how many asked at a time
/// @param seconds how long
/// @param times of all requests in nanoseconds
/// @param cpuMillis processor time of the whole process for each request, clients included; NaN when
///     other things ran, too
public record LoadResult(
        String label, int clients, double seconds, Histogram times, double cpuMillis) {
    private static final double NANOS_PER_MILLI = 1e6;

    /// Replaces the label, for a load that something else ran beside.
    public LoadResult beside(String other) {
        return new LoadResult(other, clients, seconds, times, Double.NaN);
    }

    /// Returns the number of requests.
    public long requests() {
        return times.getTotalCount();
    }

    /// Returns the time in milliseconds within which so many percent were answered.
    public double millis(double percentile) {
        return times.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }

    /// Returns the longest time in milliseconds.
    public double maxMillis() {
        return times.getMaxValue() / NANOS_PER_MILLI;
    }

    /// Returns the requests answered each second.
    public double throughput() {
        return requests() / seconds;
    }
}
