package io.neuralake.server.bench.load;

import org.HdrHistogram.Histogram;

/// How long the JVM stood still.
///
/// @param times of all pauses in nanoseconds
/// @param seconds how long was watched
public record Pauses(Histogram times, double seconds) {
    private static final double NANOS_PER_MILLI = 1e6;

    /// Returns the number of pauses.
    public long count() {
        return times.getTotalCount();
    }

    /// Returns the milliseconds that so many percent of the pauses did not exceed; 0 for no pause.
    public double millis(double percentile) {
        return count() == 0 ? 0 : times.getValueAtPercentile(percentile) / NANOS_PER_MILLI;
    }

    /// Returns the longest in milliseconds; 0 for no pause.
    public double maxMillis() {
        return count() == 0 ? 0 : times.getMaxValue() / NANOS_PER_MILLI;
    }

    /// Returns all together in milliseconds.
    public double totalMillis() {
        return count() == 0 ? 0 : times.getMean() * count() / NANOS_PER_MILLI;
    }
}
