package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Every place and form of a sub-query. `n` and `m` have nullable columns; keys of TPC-H have not.
class SubQueryPlanTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    # IN and EXISTS as conditions
                    select a from n where a in (select a from m)                                   | SEMI on a = a
                    select a from n where exists (select 1 from m where m.a = n.a)                 | SEMI on a = a
                    select a from n where exists (select 1 from m)                                 | NestedLoopJoin SEMI on true
                    select a from n where not exists (select 1 from m where m.a = n.a and c > b)   | ANTI on a = a if gt
                    select a from n where a not in (select a from m)                               | HashJoin ANTI_NULL_AWARE on a = a
                    select 1 from orders where o_custkey not in (select c_custkey from customer)   | HashJoin ANTI on o_custkey = c_custkey
                    select a from n where a not in (select a from m where m.c = n.b)               | is_not_false(eq(a, a))
                    select a from n where (a, b) in (select a, c from m)                           | SEMI on a = a and c = key2
                    select a from n where (a, b) not in (select a, c from m)                       | NestedLoopJoin ANTI on and(is_not_false
                    select a from n where exists (select max(c) from m where m.a = n.a)            | SEMI
                    # as values
                    select a from n where a in (select a from m) or b > 3                          | HashJoin MARK_NULL_AWARE
                    select a, exists (select 1 from m where m.a = n.a) from n                      | HashJoin MARK on
                    select a, not exists (select 1 from m) from n                                  | Limit 1
                    select a in (select c from m where m.a = n.b) from n                           | case(mark: true, mark: null, else: false)
                    select case when a in (select a from m) then 1 end from n                      | MARK_NULL_AWARE
                    select 5 not in (select a from m) from n                                       | MARK_NULL_AWARE
                    # quantified
                    select a from n where a > any (select c from m)                                | count(), count(c), min(c)
                    select a from n where a <= all (select c from m where m.a = n.b)               | count(), count(c), min(c)
                    select a from n where a <> some (select c from m)                              | max(c)
                    select a from n where a = any (select a from m)                                | SEMI
                    select a from n where a <> all (select a from m)                               | ANTI_NULL_AWARE
                    # scalar
                    select (select max(c) from m) from n                                           | NestedLoopJoin INNER on true
                    select (select c from m) from n                                                | EnforceSingleRow
                    select a, (select max(c) from m where m.a = n.a) from n                        | HashJoin LEFT on a = c1
                    select a, (select count(*) from m where m.a = n.a) from n                      | coalesce(count(*), 0)
                    select a, (select count(*) from m where m.a > n.a) from n                      | <=>
                    select a, (select c from m where m.a = n.a) from n                             | HashJoin SINGLE on a = a
                    select a, (select c from m where m.a = n.a order by c limit 1) from n          | Window by (a) order c: row_number()
                    select a, (select c from m where m.a > n.a order by c limit 1 offset 2) from n | row_number()
                    select a from n where b > (select avg(c) from m where m.a = n.a)               | HashJoin INNER on a = c1 if gt
                    select a from n where (select count(*) from m where m.a = n.a) = 0             | Filter eq(coalesce(
                    select a from n group by a having count(*) > (select avg(c) from m where m.a = n.a) | HashJoin INNER
                    select a from n order by (select max(c) from m where m.a = n.a)                | Sort
                    select case when b > 1 then (select max(c) from m where m.a = n.a) end from n  | HashJoin LEFT
                    select (select max(c) + 1 from m where m.a = n.a) from n                       | HashJoin LEFT
                    select (select sum(c) from m where m.a = n.a having count(*) > 2) from n       | case(gt(coalesce(
                    select (select max(x) from (select c x from m where m.a = n.a union all select b from n k where k.a = n.a)) from n | Union
                    select (select c + n.a from m where c > n.b limit 1) from n                    | row_number()
                    select (select n.a + 1) from n                                                 | Project
                    # in ON
                    select 1 from n join m on n.a = m.a and m.c in (select b from n)               | SEMI on c = b
                    select 1 from n left join m on n.a = m.a and m.c in (select b from n)          | MARK_NULL_AWARE on c = b
                    select 1 from n left join m on n.a = m.a and exists (select 1 from m x where x.c = n.b) | if mark
                    select 1 from n full join m on n.a = m.a and n.b in (select b from n)          | HashJoin FULL on a = a if mark
                    # several levels
                    select a from n where exists (select 1 from m where m.a = n.a and exists (select 1 from n k where k.b = m.c and k.a = n.a)) | SEMI
                    select a from n where b = (select sum(c) from m where m.a = n.a and m.c > (select avg(x.b) from n x where x.a = n.b)) | SINGLE
                    select a from n where a in (select a from m where c in (select b from n k where k.b = m.c)) | SEMI
                    select a from n where a in (select m.a from m where m.c in (select b from n k where k.a = n.b)) | SEMI
                    # lateral
                    select n.a, x.c from n, lateral (select c from m where m.a = n.a order by c desc limit 2) x | row_number()
                    select n.a, x.s from n left join lateral (select sum(c) s from m where m.c < n.b) x on true | LEFT
                    select n.a, x.y from n, lateral (select n.a + n.b as y) x                      | Project [a, add(a, b)]
                    select id, t from nested, unnest(tags) as u(t)                                 | Unnest (tags) keep (id)
                    select id, t, o from nested left join unnest(tags) with ordinality as u(t, o) on true | outer ordinality
                    select id, u.x from nested, unnest(points) as u                                | element.0
                    select id, k, v from nested cross join unnest(props) as u(k, v)                | Unnest (props)
                    select id from nested where exists (select 1 from unnest(tags) as u(t) where t = 'x') | SEMI
                    select id, (select count(*) from unnest(tags) as u(t)) from nested             | Unnest
                    """)
    void plans(String sql, String expected) {
        assertThat(PlanLines.of(TestPlanner.plan(sql))).contains(expected);
    }

    @Test
    void outerJoinConditionOverBothSidesIsUnsupported() {
        assertThatThrownBy(
                        () ->
                                TestPlanner.plan(
                                        "select 1 from n left join m on n.b + m.c in (select b from"
                                                + " n)"))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }
}
