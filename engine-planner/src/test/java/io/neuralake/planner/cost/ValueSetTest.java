package io.neuralake.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.statistics.ValueHash;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.junit.jupiter.api.Test;

class ValueSetTest {
    private static ValueSet values(Type type, int from, int to) {
        DistinctSketch sketch = new DistinctSketch(11);
        for (int value = from; value < to; value++) {
            sketch.add(ValueHash.hash(value));
        }
        return new ValueSet(sketch, type);
    }

    private static ValueSet integers(int from, int to) {
        return values(ScalarType.INTEGER, from, to);
    }

    @Test
    void valuesInCommonAreFound() {
        ValueSet some = integers(0, 20_000);
        assertThat(some.commonShare(integers(10_000, 30_000))).isCloseTo(0.5, within(0.15));
        assertThat(some.commonShare(values(ScalarType.BIGINT, 15_000, 35_000)))
                .isCloseTo(0.25, within(0.15));
        assertThat(some.commonShare(integers(20_000, 40_000))).isLessThan(0.1);
        assertThat(integers(0, 60).commonShare(integers(54, 114))).isCloseTo(0.1, within(0.001));
    }

    @Test
    void containedValuesCountAsAll() {
        assertThat(integers(0, 20_000).commonShare(integers(5000, 15_000))).isEqualTo(1);
        assertThat(integers(0, 20_000).commonShare(integers(0, 20_000))).isEqualTo(1);
    }

    @Test
    void nothingIsSaidOfWhatCannotBeCompared() {
        ValueSet few = integers(1_000_000, 1_000_050);
        assertThat(integers(0, 100_000).commonShare(few)).isEqualTo(1);
        assertThat(integers(0, 100).commonShare(values(ScalarType.TIMESTAMP, 500, 600)))
                .isEqualTo(1);
    }
}
