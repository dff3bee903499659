package io.neuralake.exec.operator.aggregate;

import static io.neuralake.exec.operator.aggregate.AggregationCase.distinct;
import static io.neuralake.exec.operator.aggregate.AggregationCase.filtered;
import static io.neuralake.exec.operator.aggregate.AggregationCase.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.operator.OperatorDriver.Form;
import io.neuralake.exec.operator.aggregate.AggregationCase.Configuration;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

class HashAggregationTest {
    private static final DecimalType MONEY = new DecimalType(15, 2);
    private static final DecimalType SUM = new DecimalType(38, 2);

    static Stream<Configuration> configurations() {
        return AggregationCase.configurations();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void groupsWithNullKeysAndNullArguments(Configuration configuration) {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.VARCHAR, ScalarType.INTEGER, MONEY)
                        .by(0)
                        .call("count", ScalarType.BIGINT)
                        .call("count", ScalarType.BIGINT, 1)
                        .call("sum", ScalarType.BIGINT, 1)
                        .call("avg", ScalarType.DOUBLE, 1)
                        .call("min", ScalarType.INTEGER, 1)
                        .call("max", ScalarType.INTEGER, 1)
                        .call("sum", SUM, 2)
                        .row("a", 1L, new BigDecimal("1.25"))
                        .row("b", null, new BigDecimal("-7.00"))
                        .row(null, 5L, null)
                        .row("a", 4L, new BigDecimal("2.50"))
                        .row(null, 7L, null)
                        .row("b", null, new BigDecimal("0.01"))
                        .row("a string longer than twelve bytes", -3L, null)
                        .row("a string longer than twelve bytes", null, new BigDecimal("9.99"));
        assertThat(aggregation.run(configuration))
                .containsExactlyInAnyOrder(
                        Arrays.asList("a", 2L, 2L, 5L, 2.5, 1L, 4L, new BigDecimal("3.75")),
                        Arrays.asList("b", 2L, 0L, null, null, null, null, new BigDecimal("-6.99")),
                        Arrays.asList(null, 2L, 2L, 12L, 6.0, 5L, 7L, null),
                        Arrays.asList(
                                "a string longer than twelve bytes",
                                2L,
                                1L,
                                -3L,
                                -3.0,
                                -3L,
                                -3L,
                                new BigDecimal("9.99")));
    }

    static Stream<Type> keyTypes() {
        return Stream.of(
                ScalarType.BOOLEAN,
                ScalarType.TINYINT,
                ScalarType.SMALLINT,
                ScalarType.INTEGER,
                ScalarType.BIGINT,
                ScalarType.REAL,
                ScalarType.DOUBLE,
                ScalarType.DATE,
                ScalarType.VARCHAR,
                ScalarType.VARBINARY,
                MONEY,
                SUM,
                new ListType(ScalarType.INTEGER),
                new StructType(
                        List.of(
                                Field.of("x", ScalarType.BIGINT),
                                Field.of("y", ScalarType.VARCHAR))));
    }

    static Object value(Type type, int i) {
        return switch (type) {
            case ScalarType s ->
                    switch (s) {
                        case BOOLEAN -> i % 2 == 0;
                        case REAL, DOUBLE -> i == 0 ? Double.NaN : i / 2.0;
                        case VARCHAR -> i % 2 == 0 ? "k" + i : "a rather long key, number " + i;
                        case VARBINARY -> ("bytes " + i).getBytes();
                        default -> (long) (i - 20);
                    };
            case DecimalType d -> new BigDecimal(i - 20).setScale(d.scale());
            case ListType _ -> i % 5 == 0 ? List.of() : Arrays.asList((long) i, null, 3L);
            case StructType _ -> Arrays.asList(i % 3 == 0 ? null : (long) i, "s" + i);
            default -> throw new IllegalStateException();
        };
    }

    @ParameterizedTest
    @MethodSource("keyTypes")
    void groupsByEveryType(Type type) {
        for (boolean zero : new boolean[] {false, true}) {
            System.setProperty(HashKernels.HASH_ZERO_PROPERTY, Boolean.toString(zero));
            try {
                configurations().forEach(configuration -> groupBy(type, configuration));
            } finally {
                System.clearProperty(HashKernels.HASH_ZERO_PROPERTY);
            }
        }
    }

    private static void groupBy(Type type, Configuration configuration) {
        AggregationCase one =
                new AggregationCase(type, ScalarType.BIGINT, type)
                        .by(0)
                        .call("sum", ScalarType.BIGINT, 1)
                        .call(distinct(plain("count", ScalarType.BIGINT, 2)));
        AggregationCase two =
                new AggregationCase(type, ScalarType.BIGINT, type)
                        .by(2, 1, 0)
                        .call("count", ScalarType.BIGINT);
        Map<Object, Long> sums = new HashMap<>();
        Map<Object, Set<Object>> sets = new HashMap<>();
        Map<Object, Long> counts = new HashMap<>();
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            Object key = random.nextInt(8) == 0 ? null : value(type, random.nextInt(40));
            Object other = random.nextInt(8) == 0 ? null : value(type, random.nextInt(4));
            Long number = (long) random.nextInt(3);
            one.row(key, number, other);
            two.row(key, number, other);
            sums.merge(canonical(key), number, Long::sum);
            sets.computeIfAbsent(canonical(key), _ -> new HashSet<>());
            if (other != null) {
                sets.get(canonical(key)).add(canonical(other));
            }
            counts.merge(Arrays.asList(canonical(other), number, canonical(key)), 1L, Long::sum);
        }
        List<List<@Nullable Object>> result = one.run(configuration);
        assertThat(result).hasSameSizeAs(sums.keySet());
        for (List<@Nullable Object> row : result) {
            Object key = canonical(row.get(0));
            assertThat(row.get(1)).as("sum of %s", key).isEqualTo(sums.get(key));
            assertThat(row.get(2)).isEqualTo((long) sets.get(key).size());
        }
        List<List<@Nullable Object>> wide = two.run(configuration);
        assertThat(wide).hasSameSizeAs(counts.keySet());
        for (List<@Nullable Object> row : wide) {
            Object key = Arrays.asList(canonical(row.get(0)), row.get(1), canonical(row.get(2)));
            assertThat(row.get(3)).isEqualTo(counts.get(key));
        }
    }

    private static @Nullable Object canonical(@Nullable Object value) {
        return value instanceof byte[] bytes ? new String(bytes) : value;
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void globalAggregatesOfNoRows(Configuration configuration) {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.VARCHAR, ScalarType.DOUBLE)
                        .call("count", ScalarType.BIGINT)
                        .call("count", ScalarType.BIGINT, 0)
                        .call("sum", ScalarType.DOUBLE, 1)
                        .call("avg", ScalarType.DOUBLE, 1)
                        .call("min", ScalarType.VARCHAR, 0)
                        .call(distinct(plain("count", ScalarType.BIGINT, 0)));
        assertThat(aggregation.run(configuration))
                .containsExactly(Arrays.asList(0L, 0L, null, null, null, 0L));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void groupsOfNoRows(Configuration configuration) {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.VARCHAR).by(0).call("count", ScalarType.BIGINT);
        assertThat(aggregation.run(configuration)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void groupingSetsWithGrouping(Configuration configuration) {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.VARCHAR, ScalarType.INTEGER)
                        .by(0, 1)
                        .sets(List.of(List.of(0, 1), List.of(0), List.of()))
                        .call("count", ScalarType.BIGINT)
                        .call("grouping", ScalarType.BIGINT, 0, 1)
                        .call("sum", ScalarType.BIGINT, 1);
        aggregation.row("a", 1L).row("a", 2L).row("b", 1L).row(null, 1L).row("a", 1L);
        assertThat(aggregation.run(configuration))
                .containsExactlyInAnyOrder(
                        Arrays.asList("a", 1L, 2L, 0L, 2L),
                        Arrays.asList("a", 2L, 1L, 0L, 2L),
                        Arrays.asList("b", 1L, 1L, 0L, 1L),
                        Arrays.asList(null, 1L, 1L, 0L, 1L),
                        Arrays.asList("a", null, 3L, 1L, 4L),
                        Arrays.asList("b", null, 1L, 1L, 1L),
                        Arrays.asList(null, null, 1L, 1L, 1L),
                        Arrays.asList(null, null, 5L, 3L, 6L));
        aggregation.rows.clear();
        assertThat(aggregation.run(configuration))
                .containsExactly(Arrays.asList(null, null, 0L, 3L, null));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void filtersAndDistinct(Configuration configuration) {
        AggregationCase aggregation =
                new AggregationCase(
                                ScalarType.INTEGER,
                                ScalarType.INTEGER,
                                ScalarType.BOOLEAN,
                                ScalarType.VARCHAR)
                        .by(0)
                        .call(filtered(plain("count", ScalarType.BIGINT), 2))
                        .call(filtered(plain("sum", ScalarType.BIGINT, 1), 2))
                        .call(distinct(plain("sum", ScalarType.BIGINT, 1)))
                        .call(distinct(plain("avg", ScalarType.DOUBLE, 1)))
                        .call(filtered(distinct(plain("count", ScalarType.BIGINT, 3)), 2))
                        .call(distinct(plain("count", ScalarType.BIGINT, 1, 3)))
                        .call("max", ScalarType.VARCHAR, 3);
        aggregation
                .row(1L, 10L, true, "x")
                .row(1L, 10L, true, "a long string, the first")
                .row(1L, 20L, false, "a long string, the second")
                .row(1L, null, null, "x")
                .row(2L, 5L, null, null)
                .row(2L, 5L, false, "z")
                .row(1L, 10L, true, "x");
        assertThat(aggregation.run(configuration))
                .containsExactlyInAnyOrder(
                        Arrays.asList(1L, 3L, 30L, 30L, 15.0, 2L, 3L, "x"),
                        Arrays.asList(2L, 0L, null, 5L, 5.0, 0L, 1L, "z"));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void globalDistinct(Configuration configuration) {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.VARCHAR, ScalarType.BIGINT)
                        .call(distinct(plain("count", ScalarType.BIGINT, 0)))
                        .call(distinct(plain("sum", ScalarType.BIGINT, 1)))
                        .call("min", ScalarType.VARCHAR, 0);
        for (int i = 0; i < 100; i++) {
            aggregation.row(i % 9 == 0 ? null : "value of some length " + i % 10, (long) i % 7);
        }
        assertThat(aggregation.run(configuration))
                .containsExactly(Arrays.asList(10L, 21L, "value of some length 0"));
    }

    @Test
    void manyGroupsAreMergedByPartition() {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.BIGINT, ScalarType.INTEGER, ScalarType.VARCHAR)
                        .by(0)
                        .call("sum", ScalarType.BIGINT, 1)
                        .call(distinct(plain("count", ScalarType.BIGINT, 1)))
                        .call("max", ScalarType.VARCHAR, 2);
        int groups = 20_000;
        for (int i = 0; i < 3 * groups; i++) {
            aggregation.row((long) i % groups, (long) i / groups, "text number " + i);
        }
        for (int workers : new int[] {1, 4}) {
            List<List<@Nullable Object>> rows =
                    aggregation.run(new Configuration(workers, 2048, Form.FLAT));
            assertThat(rows).hasSize(groups);
            rows.sort((a, b) -> Long.compare((Long) key(a), (Long) key(b)));
            for (int g = 0; g < groups; g++) {
                String greatest =
                        Collections.max(
                                List.of(
                                        "text number " + g,
                                        "text number " + (g + groups),
                                        "text number " + (g + 2 * groups)));
                assertThat(rows.get(g)).containsExactly((long) g, 3L, 3L, greatest);
            }
        }
    }

    /// Rows in order of their key, of which workers get piece by piece, so that they have few keys in
    /// common, or in an order in which they have all in common.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void neighbouringKeysOfSeveralWorkers(boolean clustered) {
        int groups = 30_000;
        for (Type type : List.of(ScalarType.BIGINT, ScalarType.INTEGER)) {
            AggregationCase aggregation =
                    new AggregationCase(type, ScalarType.INTEGER, ScalarType.VARCHAR)
                            .by(0)
                            .call("sum", ScalarType.BIGINT, 1)
                            .call("count", ScalarType.BIGINT)
                            .call("max", ScalarType.VARCHAR, 2);
            Map<Object, List<@Nullable Object>> expected = new HashMap<>();
            for (int i = 0; i < 3 * groups; i++) {
                long key = 7L * (clustered ? i / 3 : i % groups) - 100_000;
                String text = String.format("text number %05d", i);
                boolean isNull = i % 1000 == 0;
                aggregation.row(isNull ? null : key, (long) i, text);
                expected.merge(
                        isNull ? "null" : key,
                        Arrays.asList(isNull ? null : key, (long) i, 1L, text),
                        (one, more) ->
                                Arrays.asList(
                                        one.get(0),
                                        (Long) one.get(1) + (Long) more.get(1),
                                        (Long) one.get(2) + 1,
                                        more.get(3)));
            }
            for (int workers : new int[] {1, 2, 3, 4}) {
                List<List<@Nullable Object>> rows =
                        aggregation.run(new Configuration(workers, 2048, Form.FLAT));
                assertThat(rows).hasSameSizeAs(expected.keySet());
                for (List<@Nullable Object> row : rows) {
                    Object key = row.get(0) == null ? "null" : row.get(0);
                    assertThat(row).isEqualTo(expected.get(key));
                }
            }
        }
    }

    private static Object key(List<@Nullable Object> row) {
        Object key = row.get(0);
        return key == null ? Long.MIN_VALUE : key;
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void sumsDecimalsIn128Bits(Configuration configuration) {
        BigDecimal large = new BigDecimal("999999999999999999.99");
        BigDecimal huge = new BigDecimal("9999999999999999999999999999999999.99");
        AggregationCase aggregation =
                new AggregationCase(new DecimalType(20, 2), SUM)
                        .call("sum", SUM, 0)
                        .call("avg", ScalarType.DOUBLE, 0)
                        .call("min", SUM, 1)
                        .call("max", SUM, 1)
                        .call("sum", SUM, 1);
        for (int i = 0; i < 20; i++) {
            aggregation.row(large, i % 2 == 0 ? huge : huge.negate());
        }
        assertThat(aggregation.run(configuration))
                .containsExactly(
                        List.of(
                                large.multiply(new BigDecimal(20)),
                                1e18,
                                huge.negate(),
                                huge,
                                new BigDecimal("0.00")));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void overflowIsAnError(Configuration configuration) {
        AggregationCase bigint =
                new AggregationCase(ScalarType.BIGINT).call("sum", ScalarType.BIGINT, 0);
        bigint.row(Long.MAX_VALUE).row(1L);
        assertOutOfRange(bigint, configuration);
        // what overflows on the way only is none
        bigint.row(-1L);
        assertThat(bigint.run(configuration)).containsExactly(List.of(Long.MAX_VALUE));
        DecimalType widest = new DecimalType(38, 0);
        AggregationCase decimal = new AggregationCase(widest).call("sum", widest, 0);
        decimal.row(new BigDecimal("9".repeat(38))).row(BigDecimal.ONE);
        assertOutOfRange(decimal, configuration);
        decimal.row(new BigDecimal("9".repeat(38)));
        assertOutOfRange(decimal, configuration);
    }

    private static void assertOutOfRange(AggregationCase aggregation, Configuration configuration) {
        assertThatThrownBy(() -> aggregation.run(configuration))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.NUMERIC_OUT_OF_RANGE));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void extremesOfEveryType(Configuration configuration) {
        for (Type type : keyTypes().toList()) {
            if (type instanceof ListType
                    || type instanceof StructType
                    || type == ScalarType.VARBINARY) {
                continue;
            }
            AggregationCase aggregation =
                    new AggregationCase(ScalarType.INTEGER, type)
                            .by(0)
                            .call("min", type, 1)
                            .call("max", type, 1);
            for (int i = 1; i < 40; i++) {
                aggregation.row(0L, value(type, i)).row(1L, null);
            }
            List<Object> values = new ArrayList<>();
            for (int i = 1; i < 40; i++) {
                values.add(value(type, i));
            }
            values.sort((a, b) -> compare(a, b));
            assertThat(aggregation.run(configuration))
                    .containsExactlyInAnyOrder(
                            Arrays.asList(0L, values.get(0), values.get(values.size() - 1)),
                            Arrays.asList(1L, null, null));
        }
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object left, Object right) {
        return ((Comparable<Object>) left).compareTo(right);
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void nanIsTheLargestNumberAndZeroesAreEqual(Configuration configuration) {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.DOUBLE)
                        .call("min", ScalarType.DOUBLE, 0)
                        .call("max", ScalarType.DOUBLE, 0)
                        .call(distinct(plain("count", ScalarType.BIGINT, 0)));
        aggregation.row(Double.NaN).row(1.0).row(0.0).row(-0.0).row(Double.NEGATIVE_INFINITY);
        assertThat(aggregation.run(configuration))
                .containsExactly(List.of(Double.NEGATIVE_INFINITY, Double.NaN, 4L));
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void booleanAndBitFunctions(Configuration configuration) {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.BOOLEAN, ScalarType.INTEGER)
                        .call("bool_and", ScalarType.BOOLEAN, 0)
                        .call("every", ScalarType.BOOLEAN, 0)
                        .call("bool_or", ScalarType.BOOLEAN, 0)
                        .call("count_if", ScalarType.BIGINT, 0)
                        .call("bit_and", ScalarType.INTEGER, 1)
                        .call("bit_or", ScalarType.INTEGER, 1)
                        .call("bit_xor", ScalarType.INTEGER, 1)
                        .call("product", ScalarType.DOUBLE, 1);
        aggregation.row(true, 6L).row(null, 3L).row(false, -1L).row(true, null);
        assertThat(aggregation.run(configuration))
                .containsExactly(List.of(false, false, true, 2L, 2L, -1L, -6L, -18.0));
    }

    @Test
    void failsCleanlyAtTheMemoryLimit() {
        for (Type type : List.of(ScalarType.BIGINT, ScalarType.VARCHAR)) {
            AggregationCase aggregation =
                    new AggregationCase(type, ScalarType.BIGINT)
                            .by(0)
                            .call("sum", ScalarType.BIGINT, 1)
                            .call(distinct(plain("count", ScalarType.BIGINT, 0)));
            for (long i = 0; i < 30_000; i++) {
                aggregation.row(type == ScalarType.BIGINT ? i : "a string of some length " + i, i);
            }
            for (long limit = 1 << 18; limit < 1 << 24; limit += limit / 3) {
                long bytes = limit;
                for (int workers : new int[] {1, 4}) {
                    try {
                        aggregation.run(new Configuration(workers, 2048, Form.FLAT), bytes);
                    } catch (NeuralakeException e) {
                        assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                    }
                }
            }
        }
    }
}
