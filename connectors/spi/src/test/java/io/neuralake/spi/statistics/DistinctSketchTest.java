package io.neuralake.spi.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Arrays;

class DistinctSketchTest {
    private static DistinctSketch of(int precision, long from, long to) {
        DistinctSketch sketch = new DistinctSketch(precision);
        for (long value = from; value < to; value++) {
            sketch.add(ValueHash.hash(value));
        }
        return sketch;
    }

    private static DistinctSketch copy(DistinctSketch sketch) {
        DistinctSketch read = DistinctSketch.fromBytes(sketch.toBytes());
        assertThat(read).isNotNull();
        return read;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 100, 128})
    void fewValuesAreCountedExactly(int count) {
        DistinctSketch sketch = of(11, 0, count);
        of(11, 0, count).merge(sketch);
        sketch.merge(of(11, 0, count));

        assertThat(sketch.isExact()).isTrue();
        assertThat(sketch.estimate()).isEqualTo(count);
        assertThat(sketch.toBytes()).hasSize(3 + 8 * count);
        assertThat(copy(sketch)).isEqualTo(sketch).hasSameHashCodeAs(sketch);
    }

    /// The mean error of many sketches must be well below that of one, or else the estimator is biased.
    @ParameterizedTest
    @ValueSource(ints = {129, 500, 2000, 5000, 10_000, 100_000})
    void manyValuesAreCountedWithoutBias(int count) {
        double sum = 0;
        double squares = 0;
        int tries = 60;
        for (int i = 0; i < tries; i++) {
            DistinctSketch sketch = of(11, (long) i * count, (long) (i + 1) * count);
            double error = sketch.estimate() / count - 1;
            assertThat(error).isCloseTo(0, within(5 * sketch.standardError()));
            sum += error;
            squares += error * error;
        }
        assertThat(sum / tries).isCloseTo(0, within(0.012));
        assertThat(Math.sqrt(squares / tries)).isLessThan(0.03);
    }

    @Test
    void registersTakeHalfAByteEach() {
        assertThat(of(11, 0, 129).toBytes().length).isBetween(1028, 1031);
        assertThat(of(11, 0, 1_000_000).toBytes().length).isBetween(1028, 1040);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 11, 12, 16})
    void mergedIsWhatAllTogetherGive(int precision) {
        for (int count : new int[] {3, 100, 200, 3000, 50_000}) {
            DistinctSketch all = of(precision, 0, count);
            DistinctSketch merged = copy(of(precision, 0, count * 2 / 3));
            merged.merge(copy(of(precision, count / 3, count)));
            assertThat(merged).as("%d values", count).isEqualTo(all);
            assertThat(copy(all)).isEqualTo(all);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 100, 200, 3000, 50_000})
    void theLowerPrecisionRemains(int count) {
        DistinctSketch low = of(9, count / 2, count);
        low.merge(of(14, 0, count));
        DistinctSketch high = of(14, 0, count);
        high.merge(of(9, count / 2, count));

        DistinctSketch all = of(9, 0, count);
        assertThat(low.precision()).isEqualTo(9);
        assertThat(high.precision()).isEqualTo(9);
        assertThat(low.estimate()).isEqualTo(all.estimate());
        assertThat(high.estimate()).isEqualTo(all.estimate());
    }

    @Test
    void extremeHashesAreKept() {
        DistinctSketch sketch = of(4, 0, 1000);
        for (int index = 0; index < 16; index++) {
            sketch.add((long) index << 60);
        }
        assertThat(sketch.estimate()).isGreaterThan(1e17);
        assertThat(copy(sketch)).isEqualTo(sketch);
        sketch.add(0);
        sketch.add(-1);
        assertThat(copy(sketch)).isEqualTo(sketch);
    }

    @Test
    void aCopyIsItsOwn() {
        DistinctSketch first = of(11, 0, 1000);
        DistinctSketch copy = new DistinctSketch(first);
        copy.merge(of(11, 1000, 9000));
        assertThat(first).isEqualTo(of(11, 0, 1000)).isNotEqualTo(copy);
    }

    @Test
    void otherBytesAreNoSketch() {
        byte[] dense = of(11, 0, 5000).toBytes();
        byte[] exact = of(11, 0, 50).toBytes();
        for (byte[] good : new byte[][] {dense, exact}) {
            for (int length = 0; length < good.length; length++) {
                // Exact ones have no length of their own: what holds them has it.
                if (good == dense || (length - 3) % 8 != 0) {
                    assertThat(DistinctSketch.fromBytes(Arrays.copyOf(good, length))).isNull();
                }
            }
            assertThat(DistinctSketch.fromBytes(changed(good, 0, 2))).isNull();
            assertThat(DistinctSketch.fromBytes(changed(good, 1, 7))).isNull();
            assertThat(DistinctSketch.fromBytes(changed(good, 2, 3))).isNull();
            assertThat(DistinctSketch.fromBytes(changed(good, 2, 17))).isNull();
        }
        assertThat(DistinctSketch.fromBytes(changed(dense, 3, 60))).isNull();
        assertThat(DistinctSketch.fromBytes(changed(dense, 3, -120))).isNull();
        assertThat(DistinctSketch.fromBytes(Arrays.copyOf(dense, dense.length + 1))).isNull();
        assertThat(DistinctSketch.fromBytes(of(11, 0, 128).toBytes())).isNotNull();
        assertThat(DistinctSketch.fromBytes(Arrays.copyOf(of(11, 0, 128).toBytes(), 3 + 8 * 129)))
                .isNull();
    }

    private static byte[] changed(byte[] bytes, int index, int value) {
        byte[] copy = bytes.clone();
        copy[index] = (byte) value;
        return copy;
    }

    @Test
    void precisionHasBounds() {
        assertThatThrownBy(() -> new DistinctSketch(3))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new DistinctSketch(17))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
