package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.plan.PhysicalPlan;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.ZoneOffset;

class LoweringTest {
    private static String plan(String sql) {
        return PlanLines.of(TestPlanner.plan(sql));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    select a from n limit 10 offset 5                                   | Limit 10 offset 5
                    select a from n order by b desc nulls last limit ?                  | TopN b desc nulls last limit ?0
                    select a from n order by b offset 3                                 | Limit null offset 3
                    select a, b from n intersect select a, c from m                     | HashJoin SEMI on a <=> a and b <=> c
                    select a from n except all select a from m                          | number <=> number
                    select a from n union select a from m                               | Aggregate by (a):
                    select distinct a from n                                            | Aggregate by (a):
                    select a, count(*) from n group by rollup(a, b)                     | sets [[0, 1], [0], []]
                    select a, grouping(a) from n group by cube(a)                       | grouping(a)
                    select sum(b) filter (where d > 1) from n                           | sum(b) filter
                    select count(distinct s) from n                                     | count distinct(s)
                    select * from n asof join m on n.a = m.a and n.t >= m.t             | AsofJoin INNER(a) t GREATER_OR_EQUAL t
                    select * from n, m where n.b < m.c                                  | NestedLoopJoin INNER on lt(
                    select * from (values (1, 'a'), (2, null)) t(x, y)                  | Values 2 x 2
                    select * from unnest(array[1,2,3]) as u(x)                          | Unnest
                    select a from n where s like 'ab%'                                  | like(s, 'ab%')
                    select a from n where b in (1, 2, 3)                                | b in [1, 2, 3]
                    select a from n where b = 1 or b = 2 or b = 9                       | b in [1, 2, 9]
                    select a from n where b between 3 and 5                             | ge(b, 3)
                    select a from n where b not in (1, 2)                               | not(b in [1, 2])
                    select cast(s as integer) from n                                    | s::INTEGER
                    select try_cast(s as integer) from n                                | s::INTEGER?
                    select extract(year from o_orderdate) from orders                   | extract_year(o_orderdate)
                    select floor(o_orderdate to month) from orders                      | date_trunc('month', o_orderdate)
                    select o_orderdate + interval '1' month from orders                 | add(o_orderdate, 1)::DATE
                    select place.at.x from nested where place.zip = 5                   | Scan nested [place.at.x, place.zip]
                    select place from nested where place.zip = 5                        | Scan nested [place]
                    select tags[1] from nested                                          | element_at(tags, 1)
                    select a from n where b > ?                                         | gt(b, ?0)
                    """)
    void plans(String sql, String expected) {
        assertThat(plan(sql)).contains(expected);
    }

    @Test
    void windowsOfOneOrderShareANode() {
        assertThat(
                        plan(
                                "select rank() over (partition by a order by b),"
                                        + " row_number() over (partition by a order by b) from n"))
                .containsOnlyOnce("Window by (a) order b: rank");
    }

    @Test
    void frameOffsetsAreColumns() {
        PhysicalPlan plan =
                TestPlanner.plan(
                        "select sum(b) over (order by a rows between 1 preceding and 2 following)"
                                + " from n");
        assertThat(PlanLines.of(plan))
                .contains("sum(b) ROWS PRECEDING..FOLLOWING")
                .contains("Project [a, b, 1, 2]");
    }

    @Test
    void projectionsThatOnlyPickAreNoNodes() {
        assertThat(plan("select a from (select b, a from (select a, b, s from n))"))
                .isEqualTo("Scan n [a]  ~1000\n");
    }

    @Test
    void columnsOfFiltersOnlyAreDropped() {
        assertThat(plan("select a from n where b = 1"))
                .startsWith("Project [a]")
                .contains("Scan n [a, b] where [eq(b, 1)] skip 1");
    }

    @Test
    void commonPartsRunOnce() {
        String plan =
                plan(
                        "with x as (select a, count(*) c from n group by a)"
                                + " select * from x x1 join x x2 on x1.a = x2.c");
        assertThat(plan.split("Shared #0", -1)).hasSize(3);
    }

    @Test
    void scansAreNotShared() {
        assertThat(plan("select 1 from n x join n y on x.a = y.b")).doesNotContain("Shared");
    }

    @Test
    void withoutOptimizationJoinsStayInTheOrderOfTheText() {
        PlannerSettings plain = new PlannerSettings(ZoneOffset.UTC, false);
        String sql =
                "select 1 from lineitem, orders, customer"
                        + " where l_orderkey = o_orderkey and o_custkey = c_custkey";
        assertThat(PlanLines.of(TestPlanner.plan(sql, plain)))
                .containsSubsequence("Scan lineitem", "Scan orders", "Scan customer")
                .doesNotContain("->#");
    }

    @Test
    void rootHasTheNamesOfTheQuery() {
        assertThat(TestPlanner.plan("select a as x, a as y from n").schema().fields())
                .extracting(f -> f.name())
                .containsExactly("x", "y");
    }
}
