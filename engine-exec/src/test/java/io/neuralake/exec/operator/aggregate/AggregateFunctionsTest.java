package io.neuralake.exec.operator.aggregate;

import static io.neuralake.exec.operator.aggregate.AggregationCase.constants;
import static io.neuralake.exec.operator.aggregate.AggregationCase.distinct;
import static io.neuralake.exec.operator.aggregate.AggregationCase.filtered;
import static io.neuralake.exec.operator.aggregate.AggregationCase.ordered;
import static io.neuralake.exec.operator.aggregate.AggregationCase.plain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.function.aggregate.AggregateFunctions;
import io.neuralake.exec.operator.OperatorDriver.Form;
import io.neuralake.exec.operator.aggregate.AggregationCase.Configuration;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/// Compares functions with DuckDB on the same rows.
class AggregateFunctionsTest {
    private static final Type[] TYPES = {
        ScalarType.BIGINT,
        ScalarType.VARCHAR,
        ScalarType.INTEGER,
        ScalarType.DOUBLE,
        new DecimalType(10, 2),
        ScalarType.VARCHAR,
        ScalarType.BOOLEAN,
        ScalarType.DOUBLE
    };
    private static final List<List<@Nullable Object>> ROWS = new ArrayList<>();
    private static Connection duckdb;

    @BeforeAll
    static void makeRows() throws SQLException {
        Random random = new Random(5);
        duckdb = DriverManager.getConnection("jdbc:duckdb:");
        try (Statement statement = duckdb.createStatement()) {
            statement.execute(
                    "CREATE TABLE t (c0 BIGINT, c1 VARCHAR, c2 INTEGER, c3 DOUBLE,"
                            + " c4 DECIMAL(10,2), c5 VARCHAR, c6 BOOLEAN, c7 DOUBLE)");
        }
        try (var insert = duckdb.prepareStatement("INSERT INTO t VALUES (?,?,?,?,?,?,?,?)")) {
            for (long id = 0; id < 500; id++) {
                int group = random.nextInt(6);
                List<@Nullable Object> row = new ArrayList<>();
                row.add(id);
                row.add(group == 0 ? null : "group " + group);
                // group 5 has nulls only
                boolean empty = group == 5;
                row.add(empty || random.nextInt(5) == 0 ? null : (long) random.nextInt(40));
                double x = random.nextGaussian() * 100;
                row.add(empty || random.nextInt(5) == 0 ? null : (Double) x);
                row.add(
                        empty || random.nextInt(5) == 0
                                ? null
                                : BigDecimal.valueOf(random.nextInt(100_000), 2));
                row.add(
                        empty || random.nextInt(5) == 0
                                ? null
                                : "string number " + random.nextInt(50));
                row.add(random.nextInt(5) == 0 ? null : random.nextBoolean());
                row.add(empty || random.nextInt(5) == 0 ? null : x * 3 + random.nextGaussian());
                ROWS.add(row);
                for (int c = 0; c < row.size(); c++) {
                    insert.setObject(c + 1, row.get(c));
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    @AfterAll
    static void closeDuckdb() throws SQLException {
        duckdb.close();
    }

    record Case(String sql, AggregateCall call) {
        @Override
        public String toString() {
            return sql;
        }
    }

    private static Case of(String sql, String function, Type type, Integer... arguments) {
        return new Case(sql, plain(function, type, arguments));
    }

    private static Literal quantile(double value) {
        return new Literal(value, ScalarType.DOUBLE);
    }

    static Stream<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (String name :
                List.of(
                        "stddev_pop",
                        "stddev_samp",
                        "stddev",
                        "var_pop",
                        "var_samp",
                        "variance",
                        "skewness",
                        "kurtosis",
                        "avg",
                        "median")) {
            for (int column : new int[] {2, 3}) {
                cases.add(of(name + "(c" + column + ")", name, ScalarType.DOUBLE, column));
            }
        }
        for (String name :
                List.of(
                        "covar_pop",
                        "covar_samp",
                        "corr",
                        "regr_slope",
                        "regr_intercept",
                        "regr_r2",
                        "regr_avgx",
                        "regr_avgy",
                        "regr_sxx",
                        "regr_syy",
                        "regr_sxy")) {
            cases.add(of(name + "(c7, c3)", name, ScalarType.DOUBLE, 7, 3));
        }
        cases.add(of("regr_count(c7, c3)", "regr_count", ScalarType.BIGINT, 7, 3));
        cases.add(of("arg_min(c5, c0)", "arg_min", ScalarType.VARCHAR, 5, 0));
        cases.add(of("max_by(c0, c3)", "max_by", ScalarType.BIGINT, 0, 3));
        cases.add(of("min(c5)", "min", ScalarType.VARCHAR, 5));
        cases.add(
                new Case(
                        "arg_max(c0, c5 || c0::varchar)",
                        plain("arg_max", ScalarType.BIGINT, 0, 8)));
        for (double q : new double[] {0, 0.1, 0.5, 0.77, 1}) {
            cases.add(
                    new Case(
                            "quantile_cont(c3, " + q + ")",
                            constants(plain("quantile_cont", ScalarType.DOUBLE, 3), quantile(q))));
            cases.add(
                    new Case(
                            "quantile_disc(c5, " + q + ")",
                            constants(plain("quantile_disc", ScalarType.VARCHAR, 5), quantile(q))));
            cases.add(
                    new Case(
                            "percentile_cont(" + q + ") WITHIN GROUP (ORDER BY c3 DESC)",
                            constants(
                                    ordered(
                                            plain("percentile_cont", ScalarType.DOUBLE),
                                            new SortKey(3, true, false)),
                                    quantile(q))));
        }
        cases.add(
                new Case(
                        "array_agg(c5 ORDER BY c2 DESC NULLS LAST, c0)",
                        ordered(
                                plain("array_agg", new ListType(ScalarType.VARCHAR), 5),
                                new SortKey(2, true, false),
                                new SortKey(0, false, false))));
        cases.add(
                new Case(
                        "list(c2 ORDER BY c0) FILTER (WHERE c6)",
                        filtered(
                                ordered(
                                        plain("list", new ListType(ScalarType.INTEGER), 2),
                                        new SortKey(0, false, false)),
                                6)));
        cases.add(
                new Case(
                        "array_agg(DISTINCT c2 ORDER BY c2 NULLS FIRST)",
                        distinct(
                                ordered(
                                        plain("array_agg", new ListType(ScalarType.INTEGER), 2),
                                        new SortKey(2, false, true)))));
        cases.add(
                new Case(
                        "string_agg(c5, ' / ' ORDER BY c0)",
                        constants(
                                ordered(
                                        plain("string_agg", ScalarType.VARCHAR, 5),
                                        new SortKey(0, false, false)),
                                new Literal(" / ", ScalarType.VARCHAR))));
        cases.add(
                new Case(
                        "string_agg(DISTINCT c5, ',' ORDER BY c5)",
                        distinct(
                                ordered(
                                        plain("listagg", ScalarType.VARCHAR, 5),
                                        new SortKey(5, false, false)))));
        cases.add(
                new Case(
                        "first(c5 ORDER BY c0)",
                        ordered(
                                plain("first", ScalarType.VARCHAR, 5),
                                new SortKey(0, false, false))));
        cases.add(
                new Case(
                        "last(c5 ORDER BY c0)",
                        ordered(
                                plain("last", ScalarType.VARCHAR, 5),
                                new SortKey(0, false, false))));
        cases.add(of("count_if(c6)", "count_if", ScalarType.BIGINT, 6));
        cases.add(new Case("stddev(DISTINCT c2)", distinct(plain("stddev", ScalarType.DOUBLE, 2))));
        cases.add(
                new Case(
                        "corr(c7, c3) FILTER (WHERE c6)",
                        filtered(plain("corr", ScalarType.DOUBLE, 7, 3), 6)));
        cases.add(
                new Case(
                        "median(DISTINCT c2) FILTER (WHERE c6)",
                        filtered(distinct(plain("median", ScalarType.DOUBLE, 2)), 6)));
        cases.add(of("approx_count_distinct(c2)", "approx_count_distinct", ScalarType.BIGINT, 2));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equalsDuckdb(Case each) throws SQLException {
        // few distinct values are counted exactly, which DuckDB does not
        String sql = each.sql.replace("approx_count_distinct(c2)", "count(DISTINCT c2)");
        Map<@Nullable Object, @Nullable Object> expected = new HashMap<>();
        Object global;
        try (Statement statement = duckdb.createStatement()) {
            try (ResultSet result =
                    statement.executeQuery("SELECT c1, " + sql + " FROM t GROUP BY c1")) {
                while (result.next()) {
                    expected.put(result.getString(1), javaForm(result.getObject(2)));
                }
            }
            try (ResultSet result = statement.executeQuery("SELECT " + sql + " FROM t")) {
                result.next();
                global = javaForm(result.getObject(1));
            }
        }
        for (Configuration configuration :
                List.of(
                        new Configuration(1, 2048, Form.FLAT),
                        new Configuration(4, 7, Form.DICTIONARY_SELECTED),
                        new Configuration(4, 1, Form.FLAT))) {
            AggregationCase grouped = rows(new AggregationCase(types()).by(1).call(each.call));
            List<List<@Nullable Object>> result = grouped.run(configuration);
            assertThat(result).hasSameSizeAs(expected.keySet());
            for (List<@Nullable Object> row : result) {
                assertSame(each.sql, row.get(1), expected.get(row.get(0)));
            }
            AggregationCase all = rows(new AggregationCase(types()).call(each.call));
            assertSame(each.sql, all.run(configuration).get(0).get(0), global);
        }
    }

    private static Type[] types() {
        Type[] types = Arrays.copyOf(TYPES, TYPES.length + 1);
        types[TYPES.length] = ScalarType.VARCHAR;
        return types;
    }

    private static AggregationCase rows(AggregationCase aggregation) {
        for (List<@Nullable Object> row : ROWS) {
            List<@Nullable Object> extended = new ArrayList<>(row);
            extended.add(row.get(5) == null ? null : row.get(5) + "" + row.get(0));
            aggregation.rows.add(extended);
        }
        return aggregation;
    }

    private static @Nullable Object javaForm(@Nullable Object value) throws SQLException {
        return switch (value) {
            case null -> null;
            case Integer number -> number.longValue();
            case java.math.BigInteger number -> number.longValueExact();
            case java.sql.Array array -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (Object element : (Object[]) array.getArray()) {
                    list.add(javaForm(element));
                }
                yield list;
            }
            default -> value;
        };
    }

    private static void assertSame(
            String what, @Nullable Object actual, @Nullable Object expected) {
        if (actual instanceof Double a && expected instanceof Double e) {
            assertThat(a).as(what).isCloseTo(e, within(1e-8 * Math.max(1, Math.abs(e))));
        } else {
            assertThat(actual).as(what).isEqualTo(expected);
        }
    }

    @Test
    void modesAndHistograms() {
        Type map = new MapType(ScalarType.INTEGER, ScalarType.BIGINT);
        AggregationCase aggregation =
                new AggregationCase(ScalarType.INTEGER, ScalarType.INTEGER)
                        .by(0)
                        .call("mode", ScalarType.INTEGER, 1)
                        .call("histogram", map, 1);
        aggregation
                .row(1L, 5L)
                .row(1L, 3L)
                .row(1L, 5L)
                .row(1L, null)
                .row(2L, null)
                .row(1L, 3L)
                .row(1L, 5L);
        HashAggregationTest.configurations()
                .forEach(
                        configuration ->
                                assertThat(aggregation.run(configuration))
                                        .containsExactlyInAnyOrder(
                                                List.of(
                                                        1L,
                                                        5L,
                                                        List.of(List.of(3L, 2L), List.of(5L, 3L))),
                                                Arrays.asList(2L, null, null)));
    }

    @Test
    void anyValueIsOneOfTheGroupAndNotNull() {
        AggregationCase aggregation =
                new AggregationCase(
                                ScalarType.INTEGER,
                                ScalarType.VARCHAR,
                                new ListType(ScalarType.INTEGER))
                        .by(0)
                        .call("any_value", ScalarType.VARCHAR, 1)
                        .call("first", ScalarType.VARCHAR, 1)
                        .call("last", ScalarType.VARCHAR, 1)
                        .call("min", new ListType(ScalarType.INTEGER), 2)
                        .call("max", new ListType(ScalarType.INTEGER), 2);
        for (int i = 0; i < 60; i++) {
            aggregation.row(
                    (long) i % 3,
                    i < 3 ? null : "a value to be kept, " + i % 3,
                    List.of((long) 60 - i, (long) i));
        }
        HashAggregationTest.configurations()
                .forEach(
                        configuration -> {
                            for (List<@Nullable Object> row : aggregation.run(configuration)) {
                                String value = "a value to be kept, " + row.get(0);
                                assertThat(row.get(1)).isEqualTo(value);
                                assertThat(row.get(2)).isIn(null, value);
                                assertThat(row.get(3)).isIn(null, value);
                                long group = (Long) row.get(0);
                                assertThat(row.get(4)).isEqualTo(List.of(3 - group, 57 + group));
                                assertThat(row.get(5)).isEqualTo(List.of(60 - group, group));
                            }
                        });
    }

    @Test
    void aSecondSingleValueIsAnError() {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.INTEGER).call("single_value", ScalarType.INTEGER, 0);
        HashAggregationTest.configurations()
                .forEach(
                        configuration -> {
                            aggregation.rows.clear();
                            assertThat(aggregation.run(configuration))
                                    .containsExactly(Arrays.asList((Object) null));
                            aggregation.row(4L);
                            assertThat(aggregation.run(configuration)).containsExactly(List.of(4L));
                            aggregation.row(4L);
                            assertThatThrownBy(() -> aggregation.run(configuration))
                                    .isInstanceOfSatisfying(
                                            NeuralakeException.class,
                                            e ->
                                                    assertThat(e.code())
                                                            .isEqualTo(
                                                                    ErrorCode
                                                                            .CARDINALITY_VIOLATION));
                        });
    }

    @Test
    void sketchesAreCloseToTheTruth() {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.BIGINT, ScalarType.DOUBLE)
                        .call("approx_count_distinct", ScalarType.BIGINT, 0)
                        .call(
                                constants(
                                        plain("approx_quantile", ScalarType.DOUBLE, 1),
                                        quantile(0.5)))
                        .call(
                                constants(
                                        plain("approx_quantile", ScalarType.DOUBLE, 1),
                                        quantile(0.99)));
        Random random = new Random(3);
        int rows = 60_000;
        HashSet<Long> distinct = new HashSet<>();
        for (int i = 0; i < rows; i++) {
            long number = random.nextInt(20_000) * 3L;
            distinct.add(number);
            aggregation.row(number, random.nextDouble() * 1000);
        }
        for (int workers : new int[] {1, 4}) {
            List<@Nullable Object> row =
                    aggregation.run(new Configuration(workers, 2048, Form.FLAT)).get(0);
            assertThat(((Long) row.get(0)).doubleValue())
                    .isCloseTo(distinct.size(), within(0.06 * distinct.size()));
            assertThat((Double) row.get(1)).isCloseTo(500, within(12.0));
            assertThat((Double) row.get(2)).isCloseTo(990, within(2.0));
        }
    }

    @Test
    void quantilesOutOfRangeAreErrors() {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.DOUBLE)
                        .call(
                                constants(
                                        plain("quantile_cont", ScalarType.DOUBLE, 0),
                                        quantile(1.5)));
        assertThatThrownBy(() -> aggregation.run(new Configuration(1, 7, Form.FLAT)))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER));
    }

    @Test
    void quantilesOfListsGiveLists() {
        AggregationCase aggregation =
                new AggregationCase(ScalarType.DOUBLE)
                        .call(
                                constants(
                                        plain("quantile_cont", new ListType(ScalarType.DOUBLE), 0),
                                        new Literal(
                                                List.of(0.0, 0.5, 1.0),
                                                new ListType(ScalarType.DOUBLE))));
        aggregation.row(1.0).row(2.0).row((Object) null).row(4.0);
        assertThat(aggregation.run(new Configuration(4, 1, Form.FLAT)))
                .containsExactly(List.of(List.of(1.0, 2.0, 4.0)));
    }

    @Test
    void memoryLimitsHoldForEveryFunction() {
        for (Case each : cases().toList()) {
            AggregationCase aggregation = rows(new AggregationCase(types()).by(1).call(each.call));
            for (long limit = 1 << 12; limit < 1 << 21; limit *= 2) {
                try {
                    aggregation.run(new Configuration(4, 50, Form.FLAT), limit);
                } catch (NeuralakeException e) {
                    assertThat(e.code()).as(each.sql).isEqualTo(ErrorCode.OUT_OF_MEMORY);
                }
            }
        }
    }

    @Test
    void everyFunctionOfTheCatalogueIsFoundByItsNames() {
        AggregateFunctions.all()
                .forEach(
                        function -> {
                            assertThat(AggregateFunctions.find(function.name())).contains(function);
                            for (String alias : function.aliases()) {
                                assertThat(AggregateFunctions.find(alias)).contains(function);
                            }
                        });
    }
}
