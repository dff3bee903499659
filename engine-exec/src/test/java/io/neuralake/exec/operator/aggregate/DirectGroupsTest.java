package io.neuralake.exec.operator.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.operator.OperatorDriver.Form;
import io.neuralake.exec.operator.aggregate.AggregationCase.Configuration;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Several keys of which each has few values: what they are is learned batch by batch.
class DirectGroupsTest {
    private static final int ROWS = 30_000;

    /// How the integers of a test are spread.
    enum Integers {
        FEW {
            @Override
            long value(Random random, int row) {
                return 1990 + random.nextInt(10);
            }
        },
        ASCENDING {
            @Override
            long value(Random random, int row) {
                return row / 50 - 300;
            }
        },
        DESCENDING {
            @Override
            long value(Random random, int row) {
                return -row / 50;
            }
        },
        ASCENDING_OUT_OF_ROOM {
            @Override
            long value(Random random, int row) {
                return row * 100L;
            }
        },
        DESCENDING_OUT_OF_ROOM {
            @Override
            long value(Random random, int row) {
                return -row * 100L;
            }
        },
        THE_LEAST_AND_THE_GREATEST {
            @Override
            long value(Random random, int row) {
                return row < ROWS / 2 ? Long.MIN_VALUE + row % 3 : Long.MAX_VALUE - row % 3;
            }
        },
        THE_LEAST {
            @Override
            long value(Random random, int row) {
                return Long.MIN_VALUE + Math.max(0, 5 - row / 5000);
            }
        };

        abstract long value(Random random, int row);
    }

    @ParameterizedTest
    @EnumSource(Integers.class)
    void largeIntegers(Integers integers) {
        check(integers, ScalarType.BIGINT);
    }

    @ParameterizedTest
    @EnumSource(Integers.class)
    void integers(Integers integers) {
        check(integers, ScalarType.INTEGER);
    }

    @ParameterizedTest
    @EnumSource(Integers.class)
    void smallIntegers(Integers integers) {
        check(integers, ScalarType.SMALLINT);
    }

    private static long of(Type type, long value) {
        return type == ScalarType.BIGINT
                ? value
                : type == ScalarType.INTEGER ? (int) value : (short) value;
    }

    private static void check(Integers integers, Type type) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        List<Type> texts = List.of(ScalarType.VARCHAR, ScalarType.INTEGER);
        for (Type other : texts) {
            AggregationCase aggregation =
                    new AggregationCase(type, other, ScalarType.BIGINT)
                            .by(0, 1)
                            .call("count", ScalarType.BIGINT)
                            .call("sum", ScalarType.BIGINT, 2);
            Map<List<@Nullable Object>, long[]> expected = new HashMap<>();
            for (int row = 0; row < ROWS; row++) {
                long value = of(type, integers.value(random, row));
                Object first = random.nextInt(30) == 0 ? null : (Object) value;
                long number = random.nextInt(8);
                Object second =
                        random.nextInt(30) == 0
                                ? null
                                : other == ScalarType.VARCHAR ? "text " + number : (Object) number;
                aggregation.row(first, second, (long) row);
                long[] sums =
                        expected.computeIfAbsent(Arrays.asList(first, second), _ -> new long[2]);
                sums[0]++;
                sums[1] += row;
            }
            HashSet<List<@Nullable Object>> rows = new HashSet<>();
            expected.forEach(
                    (key, sums) ->
                            rows.add(Arrays.asList(key.get(0), key.get(1), sums[0], sums[1])));
            for (Form form : Form.values()) {
                for (int batch : new int[] {100, 2048}) {
                    List<List<@Nullable Object>> actual =
                            aggregation.run(new Configuration(2, batch, form));
                    assertThat(actual).hasSameSizeAs(rows);
                    assertThat(new HashSet<>(actual)).isEqualTo(rows);
                }
            }
        }
    }
}
