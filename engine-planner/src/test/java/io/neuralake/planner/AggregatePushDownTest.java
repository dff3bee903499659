package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.logical.KnownConditions;
import io.neuralake.planner.rule.logical.SubQueryRemoval;
import io.neuralake.planner.rule.pushdown.AggregatePushDown;
import io.neuralake.planner.rule.pushdown.PredicatePushDown;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

import java.util.List;

/// Which aggregations go below joins, and what becomes of them.
class AggregatePushDownTest {
    private final CardinalityEstimator estimator = new CardinalityEstimator();

    private RelNode joined(String sql) {
        RelNode rel = new SubQueryRemoval().apply(TestPlanner.rel(sql));
        return new PredicatePushDown(estimator, KnownConditions.none()).apply(rel);
    }

    private void rewritesTo(String sql, String expected) {
        RelNode input = joined(sql);
        RelNode result = new AggregatePushDown(estimator).apply(input);
        assertThat(RelOptUtil.toString(result)).isEqualTo(expected);
        assertThat(result.getRowType().getFullTypeString())
                .isEqualTo(input.getRowType().getFullTypeString());
        assertThat(estimator.rows(result)).isEqualTo(estimator.rows(input));
    }

    private void doesNotFire(String sql) {
        RelNode input = joined(sql);
        assertThat(RelOptUtil.toString(new AggregatePushDown(estimator).apply(input)))
                .isEqualTo(RelOptUtil.toString(input));
    }

    @Test
    void groupsByTheForeignKeyBeforeTheJoin() {
        rewritesTo(
                "select p_name, p_brand, sum(l_quantity) q, count(*) c, min(l_tax) t from lineitem,"
                        + " part where l_partkey = p_partkey group by p_name, p_brand",
                """
                LogicalProject(p_name=[$0], p_brand=[$1], q=[$2], c=[$3], t=[$4])
                  LogicalAggregate(group=[{0, 1}], agg#0=[SUM($2)], agg#1=[$SUM0($3)], agg#2=[MIN($4)])
                    LogicalProject(c0=[$5], c1=[$7], c2=[$1], c3=[$2], c4=[$3])
                      LogicalJoin(condition=[=($0, $4)], joinType=[inner])
                        LogicalAggregate(group=[{0}], agg#0=[SUM($1)], agg#1=[COUNT()], agg#2=[MIN($2)])
                          LogicalProject(c0=[$1], c1=[$4], c2=[$7])
                            LogicalTableScan(table=[[lake, main, lineitem]])
                        LogicalTableScan(table=[[lake, main, part]])
                """);
    }

    @Test
    void keepsGroupingSetsAbove() {
        rewritesTo(
                "select p_mfgr, p_brand, grouping(p_brand) g, avg(l_quantity) q"
                        + " from lineitem, part where l_partkey = p_partkey"
                        + " group by rollup(p_mfgr, p_brand)",
                """
                LogicalProject(p_mfgr=[$0], p_brand=[$1], g=[$4], q=[/(CAST($2):DOUBLE, CASE(=($3, 0), null:DOUBLE, CAST($3):DOUBLE))])
                  LogicalAggregate(group=[{0, 1}], groups=[[{0, 1}, {0}, {}]], agg#0=[SUM($2)], agg#1=[$SUM0($3)], g=[GROUPING($1)])
                    LogicalProject(c0=[$5], c1=[$6], c2=[$1], c3=[$2])
                      LogicalJoin(condition=[=($0, $3)], joinType=[inner])
                        LogicalAggregate(group=[{0}], agg#0=[SUM($1)], agg#1=[COUNT($1)])
                          LogicalProject(c0=[$1], c1=[$4])
                            LogicalTableScan(table=[[lake, main, lineitem]])
                        LogicalTableScan(table=[[lake, main, part]])
                """);
    }

    @Test
    void decidesAboveOnWhatWasAggregatedBelow() {
        rewritesTo(
                "select p_container, p_type, sum(case when p_brand = 'Brand#12' then l_quantity"
                    + " end) a, sum(case when p_brand = 'Brand#13' then l_quantity else 0 end) b,"
                    + " count(case when p_brand = 'Brand#14' then l_tax end) c from lineitem, part"
                    + " where l_partkey = p_partkey group by p_container, p_type",
                """
                LogicalProject(p_container=[$0], p_type=[$1], a=[$2], b=[CAST($3):DECIMAL(38, 2) NOT NULL], c=[$4])
                  LogicalAggregate(group=[{0, 1}], agg#0=[SUM($2)], agg#1=[SUM($3)], agg#2=[$SUM0($4)])
                    LogicalProject(c0=[$9], c1=[$7], c2=[CASE(=($6, 'Brand#12'), CAST($1):DECIMAL(38, 2), null:DECIMAL(38, 2))], c3=[CASE(=($6, 'Brand#13'), CAST($1):DECIMAL(38, 2), CAST(0.00:DECIMAL(15, 2)):DECIMAL(38, 2))], c4=[CASE(=($6, 'Brand#14'), CAST($2):BIGINT, null:BIGINT)])
                      LogicalJoin(condition=[=($0, $3)], joinType=[inner])
                        LogicalAggregate(group=[{0}], agg#0=[SUM($1)], agg#1=[COUNT($2)])
                          LogicalProject(c0=[$1], c1=[$4], c2=[$7])
                            LogicalTableScan(table=[[lake, main, lineitem]])
                        LogicalTableScan(table=[[lake, main, part]])
                """);
    }

    @Test
    void goesBelowSeveralJoins() {
        rewritesTo(
                "select n_name, s_name, sum(l_quantity * (1 - l_discount)) q"
                        + " from lineitem, supplier, nation"
                        + " where l_suppkey = s_suppkey and s_nationkey = n_nationkey"
                        + " group by n_name, s_name",
                """
                LogicalProject(n_name=[$0], s_name=[$1], q=[$2])
                  LogicalAggregate(group=[{0, 1}], agg#0=[SUM($2)])
                    LogicalProject(c0=[$10], c1=[$3], c2=[$1])
                      LogicalJoin(condition=[=($0, $2)], joinType=[inner])
                        LogicalAggregate(group=[{0}], agg#0=[SUM($1)])
                          LogicalProject(c0=[$2], c1=[*($4, -(1, $6))])
                            LogicalTableScan(table=[[lake, main, lineitem]])
                        LogicalJoin(condition=[=($3, $7)], joinType=[inner])
                          LogicalTableScan(table=[[lake, main, supplier]])
                          LogicalTableScan(table=[[lake, main, nation]])
                """);
    }

    @Test
    void makesRowsDistinctBeforeTheJoin() {
        rewritesTo(
                "select distinct s_name, s_address from lineitem, supplier"
                        + " where l_suppkey = s_suppkey",
                """
                LogicalProject(s_name=[$0], s_address=[$1])
                  LogicalAggregate(group=[{0, 1}])
                    LogicalProject(c0=[$2], c1=[$3])
                      LogicalJoin(condition=[=($0, $1)], joinType=[inner])
                        LogicalAggregate(group=[{0}])
                          LogicalProject(c0=[$2])
                            LogicalTableScan(table=[[lake, main, lineitem]])
                        LogicalTableScan(table=[[lake, main, supplier]])
                """);
    }

    @Test
    void doesNotFireWhereFewRowsAreDropped() {
        doesNotFire(
                "select o_orderdate, o_clerk, sum(l_quantity) from lineitem, orders"
                        + " where l_orderkey = o_orderkey group by o_orderdate, o_clerk");
    }

    @Test
    void doesNotFireWhereTheJoinDropsMore() {
        doesNotFire(
                "select p_name, p_type, sum(l_quantity) from lineitem, part"
                        + " where l_partkey = p_partkey and p_size = 7 and p_brand = 'Brand#12'"
                        + " group by p_name, p_type");
    }

    @Test
    void doesNotFireOnDistinctAggregates() {
        doesNotFire(
                "select p_name, p_brand, count(distinct l_quantity) from lineitem, part"
                        + " where l_partkey = p_partkey group by p_name, p_brand");
    }

    @Test
    void doesNotFireOnArgumentsOfBothSides() {
        doesNotFire(
                "select p_name, p_brand, sum(l_quantity * p_retailprice) from lineitem, part"
                        + " where l_partkey = p_partkey group by p_name, p_brand");
    }

    @Test
    void doesNotFireOnWhatMayFailForRowsThatTheJoinDrops() {
        doesNotFire(
                "select p_name, p_brand, sum(l_quantity / l_tax) from lineitem, part"
                        + " where l_partkey = p_partkey group by p_name, p_brand");
    }

    @Test
    void doesNotComputeIntegersOfRowsThatTheJoinDrops() {
        for (String argument :
                List.of("l_linenumber * l_linenumber", "l_linenumber / 2", "- l_linenumber")) {
            doesNotFire(
                    "select p_name, p_brand, sum("
                            + argument
                            + ") from lineitem, part where l_partkey = p_partkey"
                            + " group by p_name, p_brand");
        }
        doesNotFire(
                "select p_name, p_brand, count(*) filter (where l_linenumber + 1 > 3)"
                        + " from lineitem, part where l_partkey = p_partkey"
                        + " group by p_name, p_brand");
    }

    @Test
    void doesNotFireOnSumsThatMayOverflow() {
        doesNotFire(
                "select p_name, p_brand, sum(l_orderkey) from lineitem, part"
                        + " where l_partkey = p_partkey group by p_name, p_brand");
    }

    @Test
    void doesNotFireOnTheNullSideOfAnOuterJoin() {
        doesNotFire(
                "select p_name, p_brand, count(*) from part left join lineitem"
                        + " on l_partkey = p_partkey group by p_name, p_brand");
    }
}
