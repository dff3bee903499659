package io.neuralake.exec.function.aggregate;

import static io.neuralake.exec.function.aggregate.CovarianceAccumulator.MEAN_X;
import static io.neuralake.exec.function.aggregate.CovarianceAccumulator.MEAN_Y;
import static io.neuralake.exec.function.aggregate.CovarianceAccumulator.N;
import static io.neuralake.exec.function.aggregate.CovarianceAccumulator.XX;
import static io.neuralake.exec.function.aggregate.CovarianceAccumulator.XY;
import static io.neuralake.exec.function.aggregate.CovarianceAccumulator.YY;

import io.neuralake.spi.type.Type;

import java.util.function.IntToDoubleFunction;

/// Derives the statistical functions from moments. NaN where a formula divides by zero becomes NULL,
/// unless an argument was NaN.
final class Statistics {
    private Statistics() {}

    static AggregateResult ofMoments(String name, Type type, MomentsAccumulator m) {
        int least =
                switch (name) {
                    case "var_samp", "stddev_samp" -> 2;
                    case "skewness" -> 3;
                    case "kurtosis" -> 4;
                    default -> 1;
                };
        IntToDoubleFunction value =
                switch (name) {
                    case "var_pop" -> g -> m.moment(g, 2) / m.count(g);
                    case "var_samp" -> g -> m.moment(g, 2) / (m.count(g) - 1);
                    case "stddev_pop" -> g -> Math.sqrt(m.moment(g, 2) / m.count(g));
                    case "stddev_samp" -> g -> Math.sqrt(m.moment(g, 2) / (m.count(g) - 1));
                    case "skewness" -> g -> skewness(m, g);
                    case "kurtosis" -> g -> kurtosis(m, g);
                    default -> throw new IllegalStateException("Not a moment: " + name);
                };
        boolean ratio = least > 2;
        return Results.doubles(
                type, g -> m.count(g) < least || ratio && m.moment(g, 2) == 0, value);
    }

    /// The adjusted Fisher-Pearson coefficient.
    private static double skewness(MomentsAccumulator m, int group) {
        double n = m.count(group);
        double m2 = m.moment(group, 2) / n;
        double m3 = m.moment(group, 3) / n;
        return Math.sqrt(n * (n - 1)) / (n - 2) * m3 / Math.pow(m2, 1.5);
    }

    /// The excess over the normal distribution, corrected for bias.
    private static double kurtosis(MomentsAccumulator m, int group) {
        double n = m.count(group);
        double m2 = m.moment(group, 2) / n;
        double m4 = m.moment(group, 4) / n;
        return (n - 1) * ((n + 1) * m4 / (m2 * m2) - 3 * (n - 1)) / ((n - 2) * (n - 3));
    }

    static AggregateResult ofPairs(String name, Type type, CovarianceAccumulator c) {
        IntToDoubleFunction value =
                switch (name) {
                    case "covar_pop" -> g -> c.get(g, XY) / c.get(g, N);
                    case "covar_samp" -> g -> c.get(g, XY) / (c.get(g, N) - 1);
                    case "corr" -> g -> c.get(g, XY) / Math.sqrt(c.get(g, XX) * c.get(g, YY));
                    case "regr_slope" -> g -> c.get(g, XY) / c.get(g, XX);
                    case "regr_intercept" ->
                            g -> c.get(g, MEAN_Y) - c.get(g, XY) / c.get(g, XX) * c.get(g, MEAN_X);
                    case "regr_r2" ->
                            g ->
                                    c.get(g, YY) == 0
                                            ? 1
                                            : c.get(g, XY)
                                                    * c.get(g, XY)
                                                    / (c.get(g, XX) * c.get(g, YY));
                    case "regr_avgx" -> g -> c.get(g, MEAN_X);
                    case "regr_avgy" -> g -> c.get(g, MEAN_Y);
                    case "regr_sxx" -> g -> c.get(g, XX);
                    case "regr_syy" -> g -> c.get(g, YY);
                    case "regr_sxy" -> g -> c.get(g, XY);
                    default -> throw new IllegalStateException("Not of pairs: " + name);
                };
        return Results.doubles(type, g -> isEmpty(name, c, g), value);
    }

    private static boolean isEmpty(String name, CovarianceAccumulator c, int group) {
        return switch (name) {
            case "covar_samp" -> c.get(group, N) < 2;
            case "corr" -> c.get(group, XX) == 0 || c.get(group, YY) == 0;
            case "regr_slope", "regr_intercept", "regr_r2" -> c.get(group, XX) == 0;
            default -> c.get(group, N) == 0;
        };
    }
}
