package io.neuralake.connector.parquet.write;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// Sorted dictionaries hold the same values in order, and codes follow them.
class DictionaryOrderTest {
    private static final int VALUES = 5000;

    private final Random random = new Random(11);
    private final int[] codes = new int[VALUES];

    /// Returns the distinct numbers in the order of the codes, once sorted.
    private long[] sorted(long[] numbers, long sign) {
        LongDictionary dictionary = new LongDictionary();
        for (int round = 0; round < 2; round++) {
            dictionary.clear();
            assertThat(dictionary.encode(numbers, 0, VALUES, codes, VALUES)).isTrue();
            int[] to = dictionary.sort(sign);
            for (int i = 0; i < VALUES; i++) {
                assertThat(dictionary.entries()[to[codes[i]]]).isEqualTo(numbers[i]);
            }
        }
        return Arrays.copyOf(dictionary.entries(), dictionary.size());
    }

    @Test
    void integersAreInOrder() {
        long[] numbers =
                LongStream.generate(() -> random.nextLong() >> random.nextInt(64))
                        .limit(VALUES)
                        .toArray();
        assertThat(sorted(numbers, 0)).isSorted().hasSizeGreaterThan(1000);
    }

    @Test
    void floatsAreInOrder() {
        double[] special = {-0.0, 0.0, Double.NaN, Double.NEGATIVE_INFINITY, Double.MIN_VALUE};
        double[] numbers =
                random.doubles(VALUES, -9, 9)
                        .map(x -> random.nextInt(9) == 0 ? special[random.nextInt(5)] : x)
                        .toArray();
        long[] bits = Arrays.stream(numbers).mapToLong(Double::doubleToRawLongBits).toArray();
        assertThat(Arrays.stream(sorted(bits, Long.MAX_VALUE)).mapToObj(Double::longBitsToDouble))
                .isSortedAccordingTo(Comparator.naturalOrder());
        long[] floats =
                Arrays.stream(numbers).mapToLong(x -> Float.floatToRawIntBits((float) x)).toArray();
        assertThat(
                        Arrays.stream(sorted(floats, Integer.MAX_VALUE))
                                .mapToObj(x -> Float.intBitsToFloat((int) x)))
                .isSortedAccordingTo(Comparator.naturalOrder());
    }

    @Test
    void textsAreInOrderOfTheirBytes() {
        List<String> texts =
                IntStream.range(0, VALUES)
                        .mapToObj(i -> "ä\uD83D\uDE00z\uFFFFé".substring(random.nextInt(4)))
                        .map(x -> x.replace('z', (char) ('a' + random.nextInt(20))))
                        .toList();
        TextValues values = new TextValues();
        values.starts = new int[VALUES + 1];
        values.heap = String.join("", texts).getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < VALUES; i++) {
            values.starts[i + 1] =
                    values.starts[i] + texts.get(i).getBytes(StandardCharsets.UTF_8).length;
        }
        values.count = VALUES;
        TextDictionary dictionary = new TextDictionary();
        assertThat(dictionary.encode(values, 0, VALUES, codes, 1 << 20)).isTrue();
        int[] to = dictionary.sort(values);
        List<byte[]> entries = new ArrayList<>();
        for (int code = 0; code < dictionary.size(); code++) {
            int entry = dictionary.entry(code);
            entries.add(
                    Arrays.copyOfRange(
                            values.heap, values.starts[entry], values.starts[entry + 1]));
        }
        assertThat(entries).isSortedAccordingTo(Arrays::compareUnsigned).hasSizeGreaterThan(30);
        for (int i = 0; i < VALUES; i++) {
            assertThat(entries.get(to[codes[i]]))
                    .isEqualTo(texts.get(i).getBytes(StandardCharsets.UTF_8));
        }
    }
}
