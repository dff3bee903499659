package io.neuralake.conformance.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/// Queries whose plans take rewriting, over small tables full of nulls and repetitions: sub-queries in
/// every place, outer joins under conditions, set operations, windows, unnesting.
class PlannerDifferentialTest {
    private static final long SEED = 20261124;
    private static TwinTables twins;

    @BeforeAll
    static void fill() throws SQLException {
        twins = new TwinTables();
        Random random = new Random(SEED);
        twins.add("n", N, rows(random, N, 40, 6));
        twins.add("m", M, rows(random, M, 60, 6));
        twins.add("k", K, rows(random, K, 30, 6));
        twins.add("e", M, List.of());
        twins.add("l", L, rows(random, L, 12, 4));
    }

    private static final Schema N =
            Schema.of(
                    Field.of("a", ScalarType.INTEGER),
                    Field.of("b", ScalarType.INTEGER),
                    Field.of("s", ScalarType.VARCHAR),
                    Field.of("d", ScalarType.DOUBLE));
    private static final Schema M =
            Schema.of(Field.of("a", ScalarType.INTEGER), Field.of("c", ScalarType.BIGINT));
    private static final Schema K =
            Schema.of(
                    new Field("a", ScalarType.INTEGER, false),
                    new Field("b", ScalarType.INTEGER, false));
    private static final Schema L =
            Schema.of(
                    new Field("id", ScalarType.INTEGER, false),
                    Field.of("tags", new ListType(ScalarType.INTEGER)));

    private static List<List<Object>> rows(Random random, Schema schema, int count, int range) {
        List<List<Object>> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Object> row = new ArrayList<>();
            for (Field field : schema.fields()) {
                boolean isNull = field.nullable() && random.nextInt(6) == 0;
                row.add(isNull ? null : value(random, field.type(), range));
            }
            rows.add(row);
        }
        return rows;
    }

    private static Object value(Random random, Type type, int range) {
        if (type instanceof ListType list) {
            List<Object> values = new ArrayList<>();
            int size = random.nextInt(4);
            for (int i = 0; i < size; i++) {
                values.add(value(random, list.element(), range));
            }
            return values;
        }
        return switch ((ScalarType) type) {
            case VARCHAR -> "s" + random.nextInt(range);
            case DOUBLE -> random.nextInt(range * 4) / 4.0;
            default -> (long) random.nextInt(range);
        };
    }

    @AfterAll
    static void close() throws SQLException {
        twins.close();
    }

    static Stream<String> queries() {
        return QUERIES.lines().map(String::strip).filter(q -> !q.isEmpty() && !q.startsWith("--"));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void answersAsDuckDb(String sql) throws SQLException {
        assertThat(twins.rows(sql)).isEqualTo(twins.expected(sql));
    }

    @ParameterizedTest
    @MethodSource("queries")
    void answersAlikeWithoutOptimization(String sql) {
        assertThat(twins.rowsWithoutOptimization(sql)).isEqualTo(twins.rows(sql));
    }

    private static final String QUERIES =
            """
            -- IN, EXISTS and their negations as conditions
            select a, b from n where a in (select a from m)
            select a, b from n where a in (select a from m where m.c = n.b)
            select a, b from n where a in (select c from m)
            select a, b from n where a not in (select a from m)
            select a, b from n where a not in (select a from m where a is not null)
            select a, b from n where a not in (select a from e)
            select a, b from n where a not in (select a from m where m.c = n.b)
            select a, b from n where a not in (select a from k)
            select a, b from k where a not in (select b from k where a > 2)
            select a, b from n where exists (select 1 from m where m.a = n.a)
            select a, b from n where exists (select 1 from e)
            select a, b from n where not exists (select 1 from e)
            select a, b from n where not exists (select 1 from m where m.a = n.a and m.c > n.b)
            select a, b from n where exists (select 1 from m where m.c < n.b)
            select a, b from n where exists (select max(c) from m where m.a = n.a)
            select a, b from n where exists (select a from m where m.a = n.a group by a having count(*) > 7)
            select a, b from n where (a, b) in (select a, c from m)
            select a, b from n where exists (select 1 from m where m.a = n.a or m.c = n.b)
            -- as values
            select a, b, a in (select a from m) from n
            select a, b, a in (select a from m where a is not null) from n
            select a, b, a not in (select a from m) from n
            select a, b, a in (select a from e) from n
            select a, b, a in (select a from m where m.c = n.b) from n
            select a, b, a in (select c from m where m.a = n.b) from n
            select a, b, exists (select 1 from m where m.a = n.a) from n
            select a, b, not exists (select 1 from m where m.a = n.a and c > 3), exists (select 1 from e) from n
            select a, b from n where a in (select a from m) or b > 3
            select a, b from n where not (a in (select a from m) and b > 3)
            select case when a in (select a from k) then 'x' when exists (select 1 from m where c = b) then 'y' else 'z' end from n
            select 5 in (select a from m), 5 not in (select a from m), 1 in (select a from m) from n
            -- quantified comparisons
            select a, b from n where a > any (select c from m)
            select a, b from n where a > all (select a from k where k.b = n.b)
            select a, b from n where a >= all (select c from m where m.a = n.a)
            select a, b, a < any (select c from m where m.a = n.a) from n
            select a, b, a <> all (select c from m where m.a = n.a) from n
            -- scalar sub-queries
            select a, (select max(c) from m) from n
            select a, (select max(c) from m where m.a = n.a) from n
            select a, (select count(*) from m where m.a = n.a) from n
            select a, (select count(*) from m where m.a > n.a) from n
            select a, (select sum(c) from m where m.a > n.a and m.c < n.b) from n
            select a, (select count(c) + 1 from m where m.a = n.a) from n
            select a, (select coalesce(sum(c), -1) from m where m.a = n.a) from n
            select a, (select c from m where m.a = n.a order by c desc nulls last limit 1) from n
            select a, (select c from m where m.a > n.a order by c nulls last limit 1) from n
            select a, (select c from m where m.a = n.a order by c nulls last limit 1 offset 2) from n
            select a, (select max(c) from m where m.a = n.a having count(*) > 8) from n
            select a, (select n.a + n.b) from n
            select a, (select max(c) + 1 from m where m.a = n.a) * 2 from n
            select a, b from n where b > (select avg(c) from m where m.a = n.a)
            select a, b from n where (select count(*) from m where m.a = n.a) = 0
            select a, b from n where (select count(*) from m where m.a = n.a and m.c = n.b) between 1 and 2
            select a, b from n where b = (select max(c) from m where m.a = n.a) or a is null
            select a, count(*) from n group by a having count(*) > (select count(*) from k where k.a = n.a)
            select a from n order by (select max(c) from m where m.a = n.a), a
            select (select max(x) from (select c x from m where m.a = n.a union all select b from k where k.a = n.a) y) from n
            select a, (select count(distinct c) from m where m.a = n.a) from n
            select a, (select sum(x) from (select distinct c x from m where m.a = n.a) y) from n
            select a, (select min(r) from (select row_number() over (order by c) r from m where m.a = n.a) y) from n
            -- several levels
            select a, b from n where exists (select 1 from m where m.a = n.a and exists (select 1 from k where k.b = m.c and k.a = n.a))
            select a, b from n where exists (select 1 from m where m.a = n.a and not exists (select 1 from k where k.b = m.c and k.a < n.b))
            select a, b from n where b >= (select min(c) from m where m.a = n.a and m.c > (select avg(k.b) from k where k.a = n.b))
            select a, b from n where a in (select a from m where c in (select b from k where k.a = m.a))
            select a, b from n where a in (select m.a from m where m.c in (select k.b from k where k.a = n.b))
            select a, (select sum((select count(*) from k where k.a = m.a and k.b >= n.b)) from m where m.a = n.a) from n
            -- sub-queries in ON
            select n.a, m.c from n join m on n.a = m.a and m.c in (select b from k)
            select n.a, m.c from n join m on n.a = m.a and exists (select 1 from k where k.a = n.b and k.b = m.c)
            -- lateral
            select n.a, x.c from n, lateral (select c from m where m.a = n.a order by c desc nulls last limit 2) x
            select n.a, x.s from n left join lateral (select sum(c) s from m where m.c < n.b) x on true
            select n.a, x.y from n, lateral (select n.a + n.b as y) x
            select n.a, x.c from n left join lateral (select c from m where m.a = n.a and m.c > 3) x on true
            -- unnest
            select id, t from l, unnest(tags) as u(t)
            select id, (select sum(t) from unnest(tags) as u(t)) from l
            select id from l where exists (select 1 from unnest(tags) as u(t) where t = 2)
            -- joins
            select n.a, n.b, m.c from n left join m on n.a = m.a
            select n.a, n.b, m.c from n left join m on n.a = m.a and m.c > 3
            select n.a, n.b, m.c from n left join m on n.a = m.a and n.b > 3
            select n.a, n.b, m.c from n left join m on n.a = m.a where m.c is null
            select n.a, n.b, m.c from n left join m on n.a = m.a where m.c > 2
            select n.a, n.b, m.c from n right join m on n.a = m.a and n.b = m.c
            select n.a, n.b, m.c from n full join m on n.a = m.a and n.b = m.c
            select n.a, n.b, m.c from n full join m on n.a = m.a and n.b = m.c where n.a > 2
            select n.a, n.b, m.c from n full join m on n.a = m.a and n.b = m.c where n.b > 1 and m.c > 1
            select n.a, m.c, k.b from n left join m on n.a = m.a left join k on m.c = k.b where coalesce(k.a, 1) = 1
            select n.a, m.c, k.b from n join m on n.a = m.a join k on k.a = m.a and k.b > n.b
            select n.a, m.c, k.b from (n left join m on n.a = m.a) join k on k.b = m.c
            select n.a, m.c, k.b from n left join (m join k on k.a = m.a and k.b = m.c) on n.a = m.a
            select n.a, m.c, k.b from n, m, k where n.a = m.a and m.a = k.a and n.b in (1, 2) and (m.c = 1 or k.b = 3)
            select n.a, m.c from n, m where n.a = m.a and n.b = 1 or n.a = m.a and n.b = 2 and m.c = 4
            select n.a, m.c from n join m on n.a < m.c and n.b > m.a
            select n.a, m.c from n cross join m where n.a is not distinct from m.a
            select x.a, y.a from n x, n y where x.a = y.b and x.a = 3
            select count(*) from n, m, k, l
            -- set operations
            select a, b from n intersect select a, c from m
            select a, b from n except select a, c from m
            select a from n intersect all select a from m
            select a from n except all select a from k
            select a from n union select a from m
            select a from n union all select c from m
            select a from (select a, b from n union all select a, c from m) where b = 2
            -- groups
            select a, b, count(*), sum(d) from n group by rollup (a, b)
            select a, b, grouping(a), count(distinct s) from n group by cube (a, b)
            select a, b, count(*) from n group by grouping sets ((a), (b), ())
            select count(*), sum(b), min(s), max(d), avg(b) from n where a > 100
            select a, count(*) filter (where b > 2), sum(b) filter (where s = 's1') from n group by a
            select distinct a, b from n
            select a from (select a, count(*) c from n group by a having count(*) > 2) where a > 1
            with x as (select a, count(*) c from n group by a) select * from x x1 join x x2 on x1.a = x2.c
            with x as (select a, sum(b) t from n group by a) select * from x where t = (select max(t) from x)
            -- windows
            select a, b, sum(b) over (partition by a) from n
            select a, b, rank() over (partition by a order by b), count(*) over () from n
            select a, b, sum(b) over (partition by a order by b range between 1 preceding and current row) from n
            select a, r from (select a, row_number() over (partition by a order by b, s, d) r from n) where r <= 2 and a = 3
            select a, b from n qualify row_number() over (partition by a order by b, s, d) = 1
            select a, avg(b) over (partition by a order by b rows between unbounded preceding and unbounded following) from n
            -- limits
            select a, b from n order by a, b, s, d limit 7
            select a, b from n order by a desc nulls last, b, s, d limit 5 offset 3
            select count(*) from (select a from n limit 10)
            select count(*) from (select a from n union all select a from m limit 17)
            -- expressions
            select a, case when b > 2 then a when b is null then -1 end from n
            select a from n where s like 's%' and s not in ('s1', 's2') and b between 1 and 4
            select a from n where not (a = 1 or b = 2)
            select a from n where a is distinct from b
            select a + b, a - b, a * b, a % 3, -a, coalesce(a, b, 0), nullif(a, b) from n
            select cast(a as varchar), cast(d as integer), cast(s is null as integer) from n
            select * from (values (1, 'a'), (2, null)) t(x, y) where x = 1
            -- odd ones
            select 1
            select (select 1), (select max(a) from e), exists (select 1 from e)
            select count(*) from n where 1 = 0
            select a from n where false
            select sum(a) from n where false
            select a, b from n where null
            select a from n where a = a
            select n1.a from n n1, n n2, n n3, n n4 where n1.a = n2.a and n2.b = n3.b and n3.a = n4.a and n4.b = 2 and n1.b = 1
            select x.a, count(*) from (select a from n where b > 1) x join (select a, max(c) mc from m group by a) y on x.a = y.a where y.mc > 2 group by x.a
            select a, (select max(b) from k where k.a = n.a) + (select min(b) from k where k.a = n.a) from n
            select a from n where (select max(b) from k where k.a = n.a) > (select min(c) from m where m.a = n.a)
            select a from n where a in (select a from m) and b not in (select b from k where b > 3) and exists (select 1 from l where id = a)
            select n.a from n left join (select a, count(*) c from m group by a) x on n.a = x.a where coalesce(x.c, 0) < 9
            select n.a, x.c from n left join (select a, 1 as c from m) x on n.a = x.a
            select n.a, x.c from n left join (select a, coalesce(c, 0) as c from m) x on n.a = x.a and x.c > 2
            select n.a, y.z from n left join (select m.a, k.b as z from m left join k on m.c = k.a) y on n.a = y.a where y.z is null or y.z > 2
            select a, b from n where exists (select 1 from m where m.a = n.a limit 1)
            select a, b from n where a in (select a from m order by c limit 100)
            select a, b from n where a = (select m.a from m where m.a = n.b order by c limit 1)
            select a, b from n where (a, b) not in (select a, b from k)
            select a, b, (a, b) in (select a, c from m) from n
            select distinct n.a from n join m on n.a = m.a join k on k.a = n.a order by 1
            select n.a, count(*) from n join m on n.a = m.a group by n.a having count(*) > (select avg(x) from (select count(*) x from m group by a) y)
            select a, sum(b) over (order by a, b, s, d rows unbounded preceding) from n
            select a, b, lag(b) over (partition by a order by b, s, d), lead(b, 2, -1) over (partition by a order by b, s, d) from n
            select a, first_value(b) over (partition by a order by b, s, d), ntile(3) over (order by a, b, s, d) from n
            select a, max(r) from (select a, rank() over (partition by a order by b) r from n) x group by a
            with recursive_free as (select a from n), y as (select a from recursive_free where a > 1) select * from y union all select * from recursive_free
            select a, count(*) from (select a from n union all select a from m union all select a from k) x group by a
            select coalesce(n.a, m.a), count(*) from n full join m on n.a = m.a group by 1
            select n.a, m.c from n join m using (a) where m.c between 1 and 3 and n.s is not null
            select a, min(s) filter (where b = 1), max(s) from n group by a having min(b) is not null
            select a from n group by a having exists (select 1 from k where k.a = n.a)
            select count(*), count(a), count(distinct a), sum(distinct a) from n
            select a, d / 2, d * a, cast(d as decimal(10, 2)) * 2 from n where d is not null and a is not null
            select a from n where a between (select min(a) from k) and (select max(a) from k) - 1
            select (select count(*) from m where m.a in (select a from k where k.b = n.b)) from n
            select (select count(*) from m where m.a not in (select k.a from k where k.b = n.b)) from n
            select (select count(*) from m where exists (select 1 from k where k.a = n.a and k.b = m.c)) from n
            select a, (select sum(c) from m where m.a = n.a group by m.a) from n
            select a, (select max(z) from (select c z from m where m.a = n.a intersect select b from k where k.a = n.a) q) from n
            select a, (select max(z) from (select m.c z from m left join k on m.c = k.a and k.b = n.b where m.a = n.a) q) from n
            select a, (select max(q.z) from (select k.b z from m right join k on m.c = k.a and m.a = n.a) q) from n
            select a, (select count(*) from (select k.b z, m.c w from m full join k on m.c = k.a and m.a = n.a) q) from n
            select n.a, x.b from n, lateral (select b from k where k.a = n.a union select c from m where m.a = n.a) x
            select n.a, x.c, y.b from n, lateral (select max(c) c from m where m.a = n.a) x, lateral (select max(b) b from k where k.b < x.c) y
            select a from n where s in (select s from n n2 where n2.a = n.a and n2.b <> n.b)
            select l.id, x.t, n.b from l, unnest(l.tags) as x(t), n where n.a = x.t
            select l.id, x.t from l left join unnest(l.tags) as x(t) on true
            """;
}
