package io.neuralake.conformance.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Queries whose columns are fetched after a top-N, from relations that nearly have a key: some values
/// come twice there, in rows that are equal and in others, and some not at all.
class LateColumnsAnswersTest {
    private static final long SEED = 20261130;
    private static final int KEYS = 400;
    private static final Schema SALES =
            Schema.of(
                    Field.of("a", ScalarType.INTEGER),
                    Field.of("b", ScalarType.INTEGER),
                    Field.of("q", ScalarType.INTEGER),
                    Field.of("p", new DecimalType(9, 2)),
                    Field.of("t", ScalarType.VARCHAR));
    private static final Schema PEOPLE =
            Schema.of(
                    Field.of("a", ScalarType.INTEGER),
                    Field.of("n", ScalarType.VARCHAR),
                    Field.of("m", ScalarType.VARCHAR),
                    Field.of("w", ScalarType.INTEGER));
    private static final Schema TOWNS =
            Schema.of(Field.of("w", ScalarType.INTEGER), Field.of("town", ScalarType.VARCHAR));

    private static TwinTables twins;

    @BeforeAll
    static void fill() throws SQLException {
        twins = new TwinTables();
        Random random = new Random(SEED);
        twins.add("f", SALES, sales(random));
        twins.add("g", PEOPLE, people(random));
        twins.add("h", TOWNS, towns());
    }

    /// The first keys sell most, so that those with several people are among the first.
    private static List<List<Object>> sales(Random random) {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            long key = random.nextInt(4) == 0 ? random.nextInt(6) : random.nextInt(KEYS);
            rows.add(
                    row(
                            orNull(random, key),
                            (long) random.nextInt(4),
                            orNull(random, (long) random.nextInt(100)),
                            BigDecimal.valueOf(random.nextInt(100_000), 2),
                            "t" + random.nextInt(3)));
        }
        return rows;
    }

    private static List<List<Object>> people(Random random) {
        List<List<Object>> rows = new ArrayList<>();
        for (long key = 0; key < KEYS - 10; key++) {
            long town = random.nextInt(8);
            rows.add(row(key, "name " + key, orNull(random, "mail " + key), town));
            if (key == 0 || key == 200) {
                rows.add(rows.getLast());
            }
            if (key == 2 || key == 300) {
                rows.add(row(key, "other " + key, "mail", town));
                rows.add(row(key, "another " + key, null, null));
            }
        }
        rows.add(row(null, "nobody", null, 1L));
        return rows;
    }

    private static List<List<Object>> towns() {
        List<List<Object>> rows = new ArrayList<>();
        for (long town = 0; town < 8; town++) {
            rows.add(row(town, "town " + town));
        }
        rows.add(row(null, "nowhere"));
        return rows;
    }

    private static List<Object> row(Object... values) {
        return Arrays.asList(values);
    }

    private static Object orNull(Random random, Object value) {
        return random.nextInt(8) == 0 ? null : value;
    }

    @AfterAll
    static void close() throws SQLException {
        twins.close();
    }

    static Stream<String> queries() {
        return QUERIES.lines().map(String::strip).filter(q -> !q.isEmpty());
    }

    @ParameterizedTest
    @MethodSource("queries")
    void answersAsDuckDb(String sql) throws SQLException {
        assertThat(twins.plan(sql)).as("plan").anyMatch(line -> line.contains("Union all"));
        assertThat(twins.rows(sql)).isEqualTo(twins.expected(sql));
        assertThat(twins.rowsWithoutOptimization(sql)).isEqualTo(twins.rows(sql));
    }

    private static final String QUERIES =
            """
            select g.a, n, m, sum(q) s from f join g on f.a = g.a group by g.a, n, m order by s desc nulls last, g.a limit 12
            select f.a, n, m, sum(q) s from f join g on f.a = g.a group by f.a, n, m order by s desc nulls last, f.a limit 12
            select g.a, n, m, sum(q) s, min(p), max(p) from f join g on f.a = g.a group by g.a, n, m order by s desc nulls last, a limit 12
            select g.a, n, m, avg(p) s from f join g on f.a = g.a group by g.a, n, m order by s nulls last, g.a limit 20
            select g.a, n, m, count(*) c from f join g on f.a = g.a group by g.a, n, m order by c desc, a limit 7 offset 5
            select n, g.a, m, sum(p * (1 - p)) s from f join g on f.a = g.a where f.t <> 't1' group by g.a, n, m order by s nulls last, a limit 10
            select g.a, n, m, sum(q) filter (where f.t = 't1') s from f join g on f.a = g.a group by g.a, n, m order by s desc nulls last, g.a limit 5
            select g.a, b, n, m, sum(q) s from f join g on f.a = g.a group by g.a, b, n, m order by s desc nulls last, b, g.a limit 20
            select g.a, n, town, sum(q) s from f join g on f.a = g.a join h on g.w = h.w group by g.a, n, town order by s desc nulls last, a limit 14
            select g.a, n, m, sum(q) + count(*) * 2 s from f join g on f.a = g.a group by g.a, n, m order by s desc nulls last, g.a limit 12
            select g.a, n, m, sum(q) s from f join g on f.a = g.a and g.n <> 'name 1' group by g.a, n, m order by s desc nulls last, g.a limit 12
            select x.a, n, m, sum(q) s from (select a, q from f where b > 0 union all select a, q from f where b = 0) x join g on x.a = g.a group by x.a, n, m order by s desc nulls last, a limit 12
            select g.a, n, m, sum(q) s from f join g on f.a = g.a where exists (select 1 from h where h.w = f.b) group by g.a, n, m order by s desc nulls last, a limit 12
            """;
}
