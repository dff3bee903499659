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
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Queries whose rows are aggregated before they are joined, over tables with nulls, without any key,
/// and with keys that the other side lacks.
class AggregatePushDownAnswersTest {
    private static final long SEED = 20261129;
    private static final Schema FACTS =
            Schema.of(
                    Field.of("a", ScalarType.INTEGER),
                    Field.of("b", ScalarType.INTEGER),
                    Field.of("q", ScalarType.INTEGER),
                    Field.of("p", new DecimalType(9, 2)),
                    Field.of("t", ScalarType.VARCHAR));
    private static final Schema NAMES =
            Schema.of(
                    Field.of("a", ScalarType.INTEGER),
                    Field.of("n", ScalarType.VARCHAR),
                    Field.of("m", ScalarType.VARCHAR));

    private static TwinTables twins;

    @BeforeAll
    static void fill() throws SQLException {
        twins = new TwinTables();
        Random random = new Random(SEED);
        twins.add("f", FACTS, facts(random, 600));
        twins.add("g", NAMES, names(random, 14, 7));
        twins.add("h", NAMES, names(random, 9, 5));
    }

    private static List<List<Object>> facts(Random random, int count) {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Object> row = new ArrayList<>();
            row.add(orNull(random, (long) random.nextInt(6)));
            row.add(orNull(random, (long) random.nextInt(4)));
            row.add(orNull(random, (long) random.nextInt(100) - 50));
            row.add(orNull(random, BigDecimal.valueOf(random.nextInt(100_000), 2)));
            row.add(orNull(random, "t" + random.nextInt(3)));
            rows.add(row);
        }
        return rows;
    }

    private static List<List<Object>> names(Random random, int count, int range) {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Object> row = new ArrayList<>();
            row.add(orNull(random, (long) random.nextInt(range)));
            row.add(orNull(random, "n" + random.nextInt(5)));
            row.add(orNull(random, "m" + random.nextInt(2)));
            rows.add(row);
        }
        return rows;
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
        List<String> plan = twins.plan(sql);
        assertThat(last(plan, "Group", "Distinct"))
                .as("last aggregation in %s", plan)
                .isGreaterThan(first(plan, "join "));
        assertThat(twins.rows(sql)).isEqualTo(twins.expected(sql));
        assertThat(twins.rowsWithoutOptimization(sql)).isEqualTo(twins.rows(sql));
    }

    private static int first(List<String> lines, String word) {
        return IntStream.range(0, lines.size())
                .filter(i -> lines.get(i).contains(word))
                .findFirst()
                .orElse(lines.size());
    }

    private static int last(List<String> lines, String... words) {
        return IntStream.range(0, lines.size())
                .filter(i -> Stream.of(words).anyMatch(lines.get(i)::contains))
                .max()
                .orElse(-1);
    }

    private static final String QUERIES =
            """
            select n, m, sum(q), count(*), count(q), count(p), min(p), max(q), avg(q), avg(p) from f join g on f.a = g.a group by n, m
            select n, m, sum(q), count(*) from f join g on f.a = g.a group by rollup (n, m)
            select n, m, grouping(n, m), avg(q) from f join g on f.a = g.a group by cube (n, m)
            select n, m, f.t, sum(q) from f join g on f.a = g.a group by grouping sets ((n, m), (f.t), ())
            select m, n, sum(case when n = 'n1' then q end), sum(case when n = 'n2' then q else 0 end), count(case when m = 'm1' then p end) from f join g on f.a = g.a group by m, n
            select m, n, sum(case when n = 'n1' then 1 else 0 end), min(case when f.t = 't1' and n = 'n1' then q else 7 end), avg(case when n = 'n3' then p end) from f join g on f.a = g.a group by m, n
            select m, n, max(case when n = 'n1' then q else 3 end), sum(case when f.t = 't1' then q end) from f join g on f.a = g.a group by m, n
            select m, n, sum(q) filter (where f.t = 't1'), count(*) filter (where q > 0), min(p) filter (where b = 2) from f join g on f.a = g.a group by m, n
            select m, n, sum(p * 2 - 1), sum(coalesce(q, 0)), sum(p * (1 - p)), sum((p - 1) / 2) from f join g on f.a = g.a group by m, n
            select g.n, h.m, sum(q), count(*) from f join g on f.a = g.a join h on f.b = h.a group by g.n, h.m
            select g.n, h.n, h.m, count(p) from f join g on f.a = g.a join h on g.m = h.m group by g.n, h.n, h.m
            select n, m, b, sum(q) from f join g on f.a = g.a and f.b <> length(g.n) group by n, m, b
            select n, m, sum(q), count(*) from f left join g on f.a = g.a group by n, m
            select n, m, coalesce(n, f.t), sum(q) from f left join g on f.a = g.a and g.m = 'm1' group by n, m, coalesce(n, f.t)
            select distinct n, m from f join g on f.a = g.a
            select n, m, sum(q) from f join g on f.a is not distinct from g.a group by n, m
            select n || m, sum(q) from f join g on f.a = g.a where f.b + length(n) <> 3 group by n || m
            select n, m, count(*) from (select * from f where q > 1000) x join g on x.a = g.a group by n, m
            select n, m, count(*), sum(q) from (select * from f where q > 1000) x join g on x.a = g.a group by rollup (n, m)
            select n, m, sum(q) from (select a, q, b from f where b is not null) x join g on x.a = g.a group by n, m having sum(q) > 0
            select n, m, sum(q) from g join f on f.a = g.a and f.t <> g.n group by n, m
            """;
}
