package io.neuralake.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistributionTest {
    private static final double INFINITE = Double.POSITIVE_INFINITY;

    private final Distribution normal = new Distribution(100, 10);

    @Test
    void sharesAreThoseOfNormalValues() {
        assertThat(normal.between(90, 110)).isCloseTo(0.6827, within(1e-4));
        assertThat(normal.between(-INFINITE, 100)).isCloseTo(0.5, within(1e-6));
        assertThat(normal.between(-INFINITE, INFINITE)).isCloseTo(1, within(1e-6));
        assertThat(normal.between(80, 90)).isCloseTo(0.1359, within(1e-4));
    }

    @Test
    void tailsKeepTheirDigits() {
        assertThat(normal.between(150, INFINITE)).isCloseTo(2.867e-7, within(1e-9));
        assertThat(normal.between(-INFINITE, 50)).isCloseTo(2.867e-7, within(1e-9));
    }

    @Test
    void emptyRangesHaveNoShare() {
        assertThat(normal.between(110, 90)).isZero();
    }

    @Test
    void sumsVaryByValuesAndByTheirNumber() {
        Distribution sums = Distribution.ofSums(4, 25, 200);
        assertThat(sums.mean()).isEqualTo(100);
        assertThat(sums.variance()).isCloseTo(4 * (200 + 625), within(1e-6));
    }
}
