package io.neuralake.planner.cost;

/// How the results of an aggregate are taken to be spread: as normal values.
///
/// @param deviation standard deviation, above 0
public record Distribution(double mean, double deviation) {
    private static final double[] TAIL = {
        1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.319381530
    };

    /// Describes sums of `count` values each, more or less, of which no more is known than their mean
    /// and variance (a compound Poisson distribution).
    static Distribution ofSums(double count, double mean, double variance) {
        return of(count * mean, count * (variance + mean * mean));
    }

    static Distribution of(double mean, double variance) {
        return new Distribution(mean, Math.sqrt(Math.max(variance, 1e-9)));
    }

    /// Returns the variance.
    double variance() {
        return deviation * deviation;
    }

    /// Returns the share of the values between two bounds, which may be infinite.
    double between(double low, double high) {
        double from = (low - mean) / deviation;
        double to = (high - mean) / deviation;
        // Differences of tails keep digits where differences from 1 lose them.
        return Math.max(0, from > 0 ? tail(from) - tail(to) : tail(-to) - tail(-from));
    }

    /// Returns the share above `z` standard deviations (Abramowitz and Stegun, 26.2.17).
    private static double tail(double z) {
        if (z < 0) {
            return 1 - tail(-z);
        }
        double t = 1 / (1 + 0.2316419 * z);
        double polynomial = 0;
        for (double coefficient : TAIL) {
            polynomial = t * (coefficient + polynomial);
        }
        return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * polynomial;
    }
}
