package io.neuralake.exec.operator.aggregate;

import static io.neuralake.exec.operator.aggregate.AggregationCase.distinct;
import static io.neuralake.exec.operator.aggregate.AggregationCase.plain;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.operator.OperatorDriver.Form;
import io.neuralake.exec.operator.aggregate.AggregationCase.Configuration;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Distinct arguments by group, of so many rows that workers change how they keep them on the way.
class DistinctAggregationTest {
    private static final int ROWS = 150_000;
    private static final int GROUPS = 2_000;

    /// How arguments are spread over the rows.
    enum Arguments {
        HARDLY_ANY_REPEATED {
            @Override
            long value(Random random, int row) {
                return random.nextInt() >> 2;
            }
        },
        ALL_REPEATED_OFTEN {
            @Override
            long value(Random random, int row) {
                return random.nextInt(3);
            }
        },
        REPEATED_LATE {
            @Override
            long value(Random random, int row) {
                return row < ROWS / 3 ? row : random.nextInt(4);
            }
        },
        REPEATED_AT_FIRST {
            @Override
            long value(Random random, int row) {
                return row < ROWS / 3 ? random.nextInt(4) : row;
            }
        },
        LARGE_AT_THE_END {
            @Override
            long value(Random random, int row) {
                return row < ROWS - 1000 ? row : Long.MAX_VALUE - random.nextInt(9);
            }
        },
        LARGE_FROM_THE_START {
            @Override
            long value(Random random, int row) {
                return random.nextLong();
            }
        },
        /// The driver deals batches out in turn.
        LARGE_FOR_ONE_WORKER {
            @Override
            long value(Random random, int row) {
                return row / BATCH % 2 == 0 ? row % 70_000 : (1L << 31) + row % 70_000;
            }
        };

        abstract long value(Random random, int row);
    }

    private static final int BATCH = 2048;

    @ParameterizedTest
    @EnumSource(Arguments.class)
    void ofLargeIntegers(Arguments arguments) {
        check(arguments, ScalarType.BIGINT);
    }

    @ParameterizedTest
    @EnumSource(Arguments.class)
    void ofIntegers(Arguments arguments) {
        check(arguments, ScalarType.INTEGER);
    }

    private static void check(Arguments arguments, Type type) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        AggregationCase aggregation =
                new AggregationCase(ScalarType.INTEGER, type)
                        .by(0)
                        .call(distinct(plain("count", ScalarType.BIGINT, 1)))
                        .call(distinct(plain("max", type, 1)))
                        .call(distinct(plain("array_agg", new ListType(type), 1)));
        Map<Long, Set<@Nullable Long>> expected = new HashMap<>();
        for (int row = 0; row < ROWS; row++) {
            Long group = (long) random.nextInt(GROUPS);
            long value = arguments.value(random, row);
            Long argument =
                    random.nextInt(20) == 0
                            ? null
                            : (Long) (type == ScalarType.INTEGER ? (long) (int) value : value);
            aggregation.row(group, argument);
            expected.computeIfAbsent(group, _ -> new HashSet<>()).add(argument);
        }
        for (int workers : new int[] {1, 3, 4}) {
            Map<Long, Set<@Nullable Long>> actual = new HashMap<>();
            for (List<@Nullable Object> row :
                    aggregation.run(
                            new Configuration(
                                    workers,
                                    BATCH,
                                    workers == 3 ? Form.DICTIONARY_SELECTED : Form.FLAT))) {
                List<?> all = (List<?>) row.get(3);
                Set<@Nullable Long> values = new HashSet<>();
                all.forEach(value -> values.add((Long) value));
                assertThat(all).as("each once").hasSameSizeAs(values);
                actual.put((Long) row.get(0), values);
                List<@Nullable Long> known = new ArrayList<>(values);
                known.remove(null);
                assertThat(row.subList(1, 3))
                        .isEqualTo(
                                Arrays.asList(
                                        (long) known.size(),
                                        known.stream().max(Long::compare).orElse(null)));
            }
            assertThat(actual).isEqualTo(expected);
        }
    }
}
