package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.RelRule;
import io.neuralake.planner.rule.logical.ConstantFolding;
import io.neuralake.planner.rule.logical.GroupingSetSplit;
import io.neuralake.planner.rule.logical.KnownConditions;
import io.neuralake.planner.rule.logical.RedundantDistinct;
import io.neuralake.planner.rule.logical.RedundantSort;
import io.neuralake.planner.rule.logical.SubQueryRemoval;
import io.neuralake.planner.rule.logical.UnusedJoin;
import io.neuralake.planner.rule.pushdown.LimitPushDown;
import io.neuralake.planner.rule.pushdown.PredicatePushDown;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/// One nested class a rule: what it rewrites to, and where it does not fire.
class RuleTest {
    /// A rule under test, and what prepares its input.
    private record Fixture(RelRule rule, RelRule before) {
        void rewritesTo(String sql, String expected) {
            RelNode input = before.apply(TestPlanner.rel(sql));
            RelNode result = rule.apply(input);
            assertThat(RelOptUtil.toString(result)).isEqualTo(expected);
            assertThat(result.getRowType().getFullTypeString())
                    .isEqualTo(input.getRowType().getFullTypeString());
        }

        void doesNotFire(String sql) {
            RelNode input = before.apply(TestPlanner.rel(sql));
            assertThat(RelOptUtil.toString(rule.apply(input)))
                    .isEqualTo(RelOptUtil.toString(input));
        }
    }

    private static Fixture fixture(RelRule rule) {
        return new Fixture(rule, rel -> rel);
    }

    @Nested
    class UnusedJoins {
        private final Fixture rule =
                new Fixture(new UnusedJoin()::apply, new SubQueryRemoval()::apply);

        @Test
        void dropsLeftJoinWithGroups() {
            rule.rewritesTo(
                    "select n.b from n left join (select a, count(*) as c from m group by a) g"
                            + " on n.a = g.a and g.c > 1",
                    """
                    LogicalProject(b=[$1])
                      LogicalProject(a=[$0], b=[$1], s=[$2], d=[$3], t=[$4], a0=[null:INTEGER], c=[null:BIGINT])
                        LogicalTableScan(table=[[lake, main, n]])
                    """);
        }

        @Test
        void dropsWhatNobodyReadsOfAViewAndItsJoin() {
            rule.rewritesTo(
                    "select b from (select n.b, g.c + 1 as d from n left join"
                            + " (select a, count(*) as c from m group by a) g on n.a = g.a) v",
                    """
                    LogicalProject(b=[$1])
                      LogicalProject(a=[$0], b=[$1], s=[$2], d=[$3], t=[$4], a0=[null:INTEGER], c=[null:BIGINT])
                        LogicalTableScan(table=[[lake, main, n]])
                    """);
        }

        @Test
        void dropsLeftJoinWithAnyMatchesBelowDistinct() {
            rule.rewritesTo(
                    "select distinct n.b from n left join m on n.a = m.a",
                    """
                    LogicalAggregate(group=[{0}])
                      LogicalProject(b=[$1])
                        LogicalProject(a=[$0], b=[$1], s=[$2], d=[$3], t=[$4], a0=[null:INTEGER], c=[null:BIGINT], t0=[null:TIMESTAMP(6)])
                          LogicalTableScan(table=[[lake, main, n]])
                    """);
        }

        @Test
        void doesNotFireWhereMatchesAreManyOrRead() {
            String groups = "(select a, count(*) as c from m group by a) g";
            rule.doesNotFire("select n.b from n left join m on n.a = m.a");
            rule.doesNotFire("select n.b, g.c from n left join " + groups + " on n.a = g.a");
            rule.doesNotFire("select n.b from n left join " + groups + " on n.a = g.c");
            rule.doesNotFire("select n.b from n left join " + groups + " on n.a < g.a");
            rule.doesNotFire("select n.b from n left join " + groups + " on n.a = g.a + 1");
            rule.doesNotFire("select n.b from n left join " + groups + " on g.a = g.a");
            rule.doesNotFire(
                    "select n.b from n left join " + groups + " on n.a = g.a where g.c is null");
            rule.doesNotFire(
                    "select n.b from n left join (select a, c from m group by a, c) g"
                            + " on n.a = g.a");
            rule.doesNotFire(
                    "select n.b from n left join (select a from m group by rollup(a)) g"
                            + " on n.a = g.a");
            rule.doesNotFire(
                    "select n.b from n left join " + groups + " on n.a = g.a order by g.c");
        }

        @Test
        void doesNotFireForOtherJoinsAndCountedRows() {
            String groups = "(select a, count(*) as c from m group by a) g";
            rule.doesNotFire("select n.b from n join " + groups + " on n.a = g.a");
            rule.doesNotFire("select n.b from n full join " + groups + " on n.a = g.a");
            rule.doesNotFire("select count(*) from n left join m on n.a = m.a");
            rule.doesNotFire(
                    "select n.b, max(n.a), count(*) from n left join m on n.a = m.a group by n.b");
            rule.doesNotFire(
                    "select distinct b from (select n.b from n left join m on n.a = m.a limit 3)"
                            + " x");
        }
    }

    @Nested
    class RedundantSorts {
        private final Fixture rule = fixture(new RedundantSort()::apply);

        @Test
        void dropsSortBelowJoin() {
            rule.rewritesTo(
                    "select 1 from (select a, row_number() over () from n order by b) x, m"
                            + " where x.a = m.a",
                    """
                    LogicalProject(1=[1])
                      LogicalFilter(condition=[=($0, $2)])
                        LogicalJoin(condition=[true], joinType=[inner])
                          LogicalProject(a=[$0], row_number() over ()=[ROW_NUMBER() OVER ()])
                            LogicalTableScan(table=[[lake, main, n]])
                          LogicalTableScan(table=[[lake, main, m]])
                    """);
        }

        @Test
        void doesNotFireAtTheRoot() {
            rule.doesNotFire("select a from n order by b");
        }

        @Test
        void doesNotFireBelowLimit() {
            rule.doesNotFire("select * from (select a from n order by a limit 3) x, m");
        }

        @Test
        void doesNotFireBelowListOfOrder() {
            rule.doesNotFire("select array_agg(a) from (select a from n order by b)");
        }
    }

    @Nested
    class RedundantDistincts {
        private final Fixture rule =
                fixture(rel -> new RedundantDistinct(new CardinalityEstimator()).apply(rel));

        @Test
        void dropsDistinctOfGroups() {
            rule.rewritesTo(
                    "select distinct a, c from (select a, count(*) c from n group by a)",
                    """
                    LogicalProject(a=[$0], c=[$1])
                      LogicalAggregate(group=[{0}], c=[COUNT()])
                        LogicalProject(a=[$0])
                          LogicalTableScan(table=[[lake, main, n]])
                    """);
        }

        @Test
        void doesNotFireOnPartOfTheKeys() {
            rule.doesNotFire(
                    "select distinct b from (select a, b, count(*) c from n group by a, b)");
        }

        @Test
        void doesNotFireOnTables() {
            rule.doesNotFire("select distinct a from n");
        }

        @Test
        void doesNotFireOnGroupingSets() {
            rule.doesNotFire(
                    "select distinct a, b from (select a, b from n group by rollup(a, b))");
        }
    }

    @Nested
    class GroupingSets {
        private final Fixture rule =
                fixture(rel -> new GroupingSetSplit(new CardinalityEstimator()).apply(rel));

        @Test
        void groupsByAllColumnsFirst() {
            rule.rewritesTo(
                    "select l_returnflag, l_linestatus, count(*) c, min(l_tax) m,"
                            + " grouping(l_linestatus) g from lineitem"
                            + " group by rollup(l_returnflag, l_linestatus)",
                    """
                    LogicalProject(l_returnflag=[$0], l_linestatus=[$1], c=[$2], m=[$3], g=[$4])
                      LogicalAggregate(group=[{0, 1}], groups=[[{0, 1}, {0}, {}]], agg#0=[$SUM0($2)], agg#1=[MIN($3)], g=[GROUPING($1)])
                        LogicalAggregate(group=[{0, 1}], agg#0=[COUNT()], agg#1=[MIN($2)])
                          LogicalProject(l_returnflag=[$8], l_linestatus=[$9], l_tax=[$7])
                            LogicalTableScan(table=[[lake, main, lineitem]])
                    """);
        }

        @Test
        void dividesSumsForAverages() {
            rule.rewritesTo(
                    "select l_returnflag, avg(l_tax) a from lineitem group by rollup(l_returnflag)",
                    """
                    LogicalProject(l_returnflag=[$0], a=[/(CAST($1):DOUBLE, CASE(=($2, 0), null:DOUBLE, CAST($2):DOUBLE))])
                      LogicalAggregate(group=[{0}], groups=[[{0}, {}]], agg#0=[SUM($1)], agg#1=[$SUM0($2)])
                        LogicalAggregate(group=[{0}], agg#0=[SUM($1)], agg#1=[COUNT($1)])
                          LogicalProject(l_returnflag=[$8], l_tax=[$7])
                            LogicalTableScan(table=[[lake, main, lineitem]])
                    """);
        }

        @Test
        void doesNotFireOnOneSet() {
            rule.doesNotFire("select l_returnflag, count(*) from lineitem group by l_returnflag");
        }

        @Test
        void doesNotFireWhereMostRowsAreGroups() {
            rule.doesNotFire(
                    "select l_orderkey, l_linenumber, count(*) from lineitem"
                            + " group by rollup(l_orderkey, l_linenumber)");
        }

        @Test
        void doesNotFireOnAggregatesOfAllRows() {
            rule.doesNotFire(
                    "select l_returnflag, count(distinct l_tax) from lineitem"
                            + " group by rollup(l_returnflag)");
            rule.doesNotFire(
                    "select l_returnflag, stddev(l_tax) from lineitem"
                            + " group by rollup(l_returnflag)");
            rule.doesNotFire(
                    "select l_returnflag, avg(l_orderkey) from lineitem"
                            + " group by rollup(l_returnflag)");
        }
    }

    @Nested
    class Limits {
        private final Fixture rule = fixture(new LimitPushDown()::apply);

        @Test
        void limitsInputsOfUnion() {
            rule.rewritesTo(
                    "(select a from n union all select a from m) limit 3 offset 2",
                    """
                    LogicalSort(offset=[2], fetch=[3])
                      LogicalProject(a=[$0])
                        LogicalUnion(all=[true])
                          LogicalSort(fetch=[5])
                            LogicalProject(a=[$0])
                              LogicalTableScan(table=[[lake, main, n]])
                          LogicalSort(fetch=[5])
                            LogicalProject(a=[$0])
                              LogicalTableScan(table=[[lake, main, m]])
                    """);
        }

        @Test
        void limitsLeftSideOfLeftJoin() {
            rule.rewritesTo(
                    "select * from n left join m on n.a = m.a limit 4",
                    """
                    LogicalSort(fetch=[4])
                      LogicalProject(a=[$0], b=[$1], s=[$2], d=[$3], t=[$4], a0=[$5], c=[$6], t0=[$7])
                        LogicalJoin(condition=[=($0, $5)], joinType=[left])
                          LogicalSort(fetch=[4])
                            LogicalTableScan(table=[[lake, main, n]])
                          LogicalTableScan(table=[[lake, main, m]])
                    """);
        }

        @Test
        void doesNotFireOnInnerJoin() {
            rule.doesNotFire("select * from n join m on n.a = m.a limit 4");
        }

        @Test
        void doesNotFireOnParameter() {
            rule.doesNotFire("(select a from n union all select a from m) limit ?");
        }

        @Test
        void doesNotFireOnUnionDistinct() {
            rule.doesNotFire("(select a from n union select a from m) limit 3");
        }
    }

    @Nested
    class Folding {
        private final Fixture rule = fixture(new ConstantFolding(TestPlanner.evaluator())::apply);

        @Test
        void computesDates() {
            rule.rewritesTo(
                    "select 1 from orders where o_orderdate < date '1994-01-31' + interval '1'"
                            + " month",
                    """
                    LogicalProject(1=[1])
                      LogicalFilter(condition=[<($4, 1994-02-28)])
                        LogicalTableScan(table=[[lake, main, orders]])
                    """);
        }

        @Test
        void doesNotFireOnErrors() {
            rule.doesNotFire("select 1 / 0 from n");
        }

        @Test
        void doesNotFireOnTheStatementsTime() {
            rule.doesNotFire("select current_date from n");
        }

        @Test
        void doesNotFireOnColumns() {
            rule.doesNotFire("select a + 1 from n");
        }
    }

    @Nested
    class Predicates {
        private static final KnownConditions KNOWN =
                new KnownConditions(
                        new ConstantFolding(
                                new ExpressionCompiler(
                                                new EvaluationSettings(
                                                        List.of(), ZoneOffset.UTC, Instant.EPOCH))
                                        ::constant));

        private final Fixture rule =
                new Fixture(
                        rel -> new PredicatePushDown(new CardinalityEstimator(), KNOWN).apply(rel),
                        new SubQueryRemoval()::apply);

        @Test
        void pushesThroughProjectAndGroup() {
            rule.rewritesTo(
                    "select * from (select a + 1 x, count(*) c from n group by a + 1)"
                            + " where x = 3 and c > 1",
                    """
                    LogicalProject(x=[$0], c=[$1])
                      LogicalFilter(condition=[>($1, 1)])
                        LogicalAggregate(group=[{0}], c=[COUNT()])
                          LogicalProject(x=[+($0, 1)])
                            LogicalFilter(condition=[=(+($0, 1), 3)])
                              LogicalTableScan(table=[[lake, main, n]])
                    """);
        }

        @Test
        void pushesIntoUnion() {
            rule.rewritesTo(
                    "select * from (select a from n union all select a from m) where a = 1",
                    """
                    LogicalProject(a=[$0])
                      LogicalUnion(all=[true])
                        LogicalProject(a=[$0])
                          LogicalFilter(condition=[=($0, 1)])
                            LogicalTableScan(table=[[lake, main, n]])
                        LogicalProject(a=[$0])
                          LogicalFilter(condition=[=($0, 1)])
                            LogicalTableScan(table=[[lake, main, m]])
                    """);
        }

        @Test
        void pushesPartitionKeysBelowWindows() {
            assertThat(PlanLines.of(TestPlanner.plan(WINDOW + "where a = 5")))
                    .contains("where [eq(a, 5)]");
        }

        @Test
        void keepsOtherColumnsAboveWindows() {
            assertThat(PlanLines.of(TestPlanner.plan(WINDOW + "where b = 5")))
                    .doesNotContain("where [");
        }

        @Test
        void keepsConditionsAboveLimits() {
            assertThat(
                            PlanLines.of(
                                    TestPlanner.plan(
                                            "select * from (select a from n limit 3) where a = 1")))
                    .startsWith("Filter eq(a, 1)");
        }

        @Test
        void letsConditionsTravelAlongEqualities() {
            assertThat(
                            PlanLines.of(
                                    TestPlanner.plan(
                                            "select 1 from n, m where n.a = m.a and n.a > 5")))
                    .contains("Scan n [a] where [gt(a, 5)]")
                    .contains("Scan m [a] where [gt(a, 5)]");
        }

        @Test
        void letsConditionsTravelIntoLeftJoins() {
            assertThat(
                            PlanLines.of(
                                    TestPlanner.plan(
                                            "select m.c from n left join m on n.a = m.a where n.a >"
                                                    + " 5")))
                    .contains("where [gt(a, 5)]")
                    .contains("Scan m [a, c] where [gt(a, 5)]");
        }

        @Test
        void makesLeftJoinsInner() {
            assertThat(join("select 1 from n left join m on n.a = m.a where m.c = 3"))
                    .contains("HashJoin INNER");
        }

        @Test
        void keepsLeftJoinsUnderNullTests() {
            assertThat(join("select n.b from n left join m on n.a = m.a where m.c is null"))
                    .doesNotContain("HashJoin INNER");
        }

        @Test
        void makesLeftJoinsInnerWhereNullsDoNotPass() {
            rule.rewritesTo(
                    "select 1 from n left join m on n.a = m.a where coalesce(m.c, 0) > 0",
                    """
                    LogicalProject(1=[1])
                      LogicalProject(a=[$3], b=[$4], s=[$5], d=[$6], t=[$7], a0=[$0], c=[$1], t0=[$2])
                        LogicalJoin(condition=[=($0, $3)], joinType=[inner])
                          LogicalFilter(condition=[>(COALESCE($1, 0), 0)])
                            LogicalTableScan(table=[[lake, main, m]])
                          LogicalTableScan(table=[[lake, main, n]])
                    """);
        }

        @Test
        void keepsLeftJoinsWhereNullsPass() {
            assertThat(
                            join(
                                    "select n.b from n left join m on n.a = m.a where coalesce(m.c,"
                                            + " 1) > 0"))
                    .doesNotContain("HashJoin INNER");
        }

        @Test
        void makesLeftJoinsAntiWhereOnlyUnmatchedRowsPass() {
            rule.rewritesTo(
                    "select n.b, m.c from n left join m on n.a = m.a and m.c > 1"
                            + " where m.a is null and n.b > 2",
                    """
                    LogicalProject(b=[$1], c=[$6])
                      LogicalProject(a=[$0], b=[$1], s=[$2], d=[$3], t=[$4], a0=[null:INTEGER],\
                     c=[null:BIGINT], t0=[null:TIMESTAMP(6)])
                        LogicalJoin(condition=[=($0, $5)], joinType=[anti])
                          LogicalFilter(condition=[>($1, 2)])
                            LogicalTableScan(table=[[lake, main, n]])
                          LogicalFilter(condition=[>($1, 1)])
                            LogicalTableScan(table=[[lake, main, m]])
                    """);
        }

        @Test
        void keepsLeftJoinsWhereMatchesMayHaveTheNull() {
            assertThat(
                            join(
                                    "select n.b from n left join m"
                                            + " on coalesce(m.a, 0) = n.a where m.a is null"))
                    .doesNotContain("ANTI");
            assertThat(
                            join(
                                    "select n.b from n left join m on n.a = m.a"
                                            + " where m.a is null or n.b = 1"))
                    .doesNotContain("ANTI");
            assertThat(join("select m.a from n left join m on n.a = m.a where n.a is null"))
                    .doesNotContain("ANTI");
        }

        @Test
        void dropsBranchesWhoseConstantsFail() {
            rule.rewritesTo(
                    "select * from (select a, 's' t from n union all select a, 'c' from m"
                            + " union all select c, 's' from m) where t = 's'",
                    """
                    LogicalProject(a=[$0], t=[$1])
                      LogicalUnion(all=[true])
                        LogicalProject(a=[CAST($0):BIGINT], t=['s'])
                          LogicalTableScan(table=[[lake, main, n]])
                        LogicalProject(c=[$1], 's'=['s'])
                          LogicalTableScan(table=[[lake, main, m]])
                    """);
        }

        @Test
        void keepsTheTypeOfTheUnionForItsOnlyBranch() {
            rule.rewritesTo(
                    "select * from (select null b, 's' t from n union all select a, 'c' from m)"
                            + " where t = 'c'",
                    """
                    LogicalProject(b=[$0], t=[$1])
                      LogicalProject(b=[$0], t=[$1])
                        LogicalProject(a=[$0], 'c'=['c'])
                          LogicalTableScan(table=[[lake, main, m]])
                    """);
        }

        @Test
        void dropsJoinsWithNothing() {
            rule.rewritesTo(
                    "select n.b from n join (select a, 1 k from m) x on n.a = x.a where k = 2",
                    """
                    LogicalValues(tuples=[[]])
                    """);
        }

        @Test
        void keepsOuterSideOfJoinsWithNothing() {
            rule.rewritesTo(
                    "select n.b, x.c from n left join"
                            + " (select a, c, 1 k from m) x on n.a = x.a and k = 2",
                    """
                    LogicalProject(b=[$1], c=[$6])
                      LogicalJoin(condition=[=($0, $5)], joinType=[left])
                        LogicalTableScan(table=[[lake, main, n]])
                        LogicalValues(tuples=[[]])
                    """);
        }

        @Test
        void keepsTotalsOfNothing() {
            rule.rewritesTo(
                    "select count(*) from (select a, 1 k from n) where k = 2",
                    """
                    LogicalAggregate(group=[{}], count(*)=[COUNT()])
                      LogicalValues(tuples=[[]])
                    """);
        }

        @Test
        void keepsBranchesWhoseConditionFailsToRun() {
            assertThat(join("select a from (select a, 0 k from n) where 1 / k = 1"))
                    .contains("Scan n");
        }

        @Test
        void makesFullJoinsLeftOrRight() {
            assertThat(join("select 1 from n full join m on n.a = m.a where n.a > 5"))
                    .doesNotContain("FULL");
            assertThat(join("select 1 from n full join m on n.a = m.a where n.a > 5 and m.c > 1"))
                    .contains("INNER");
        }

        @Test
        void keepsFullJoins() {
            assertThat(join("select 1 from n full join m on n.a = m.a")).contains("FULL");
        }

        @Test
        void pullsCommonFactorsOutOfDisjunctions() {
            assertThat(
                            join(
                                    "select 1 from n, m where n.a = m.a and n.b = 1"
                                            + " or n.a = m.a and n.b = 2 and m.c = 4"))
                    .contains("HashJoin INNER")
                    .contains("b in [1, 2]");
        }

        private String join(String sql) {
            return PlanLines.of(TestPlanner.plan(sql));
        }

        private static final String WINDOW =
                "select * from (select a, b, rank() over (partition by a order by b) r from n) ";
    }

    @Nested
    class DynamicFilters {
        @Test
        void goThroughAggregatesOnKeys() {
            assertThat(
                            plan(
                                    "select 1 from (select l_partkey k, sum(l_tax) from lineitem"
                                            + " group by l_partkey), part"
                                            + " where k = p_partkey and p_size = 3"))
                    .contains("Scan lineitem [l_partkey] <-#0 l_partkey");
        }

        @Test
        void doNotFireForLeftJoins() {
            assertThat(plan("select m.c, n.b from m left join n on n.a = m.a"))
                    .doesNotContain("->#");
        }

        @Test
        void doNotGoBelowLimits() {
            assertThat(
                            plan(
                                    "select 1 from (select a from m limit 4000) x, n"
                                            + " where x.a = n.a and n.b = 1"))
                    .doesNotContain("->#");
        }

        @Test
        void doNotGoIntoSharedParts() {
            assertThat(
                            plan(
                                    "with x as (select a, count(*) c from n group by a)"
                                            + " select * from x x1, x x2 where x1.c = x2.c"))
                    .doesNotContain("->#");
        }

        private String plan(String sql) {
            return PlanLines.of(TestPlanner.plan(sql));
        }
    }
}
