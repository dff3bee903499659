package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.join.LateColumns;
import io.neuralake.planner.rule.logical.KnownConditions;
import io.neuralake.planner.rule.logical.SubQueryRemoval;
import io.neuralake.planner.rule.pushdown.PredicatePushDown;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

/// Which columns are fetched after a top-N.
class LateColumnsTest {
    private final CardinalityEstimator estimator = new CardinalityEstimator();
    private final PredicatePushDown pushDown =
            new PredicatePushDown(estimator, KnownConditions.none());
    private final LateColumns rule =
            new LateColumns(estimator, KnownConditions.none(), pushDown::apply);

    private RelNode joined(String sql) {
        return pushDown.apply(new SubQueryRemoval().apply(TestPlanner.rel(sql)));
    }

    private void rewritesTo(String sql, String expected) {
        RelNode input = joined(sql);
        RelNode result = rule.apply(input);
        assertThat(RelOptUtil.toString(result)).isEqualTo(expected);
        assertThat(result.getRowType().getFullTypeString())
                .isEqualTo(input.getRowType().getFullTypeString());
        assertThat(estimator.rows(result)).isEqualTo(estimator.rows(input));
    }

    private void doesNotFire(String sql) {
        RelNode input = joined(sql);
        assertThat(RelOptUtil.toString(rule.apply(input))).isEqualTo(RelOptUtil.toString(input));
    }

    @Test
    void fetchesTextsOfTheFirstGroups() {
        rewritesTo(
                "select c_custkey, c_name, c_address, sum(o_totalprice) s from customer, orders"
                        + " where c_custkey = o_custkey group by c_custkey, c_name, c_address"
                        + " order by s desc limit 10",
                """
                LogicalSort(sort0=[$3], dir0=[DESC], fetch=[10])
                  LogicalProject(c_custkey=[$0], c_name=[$1], c_address=[$2], s=[$3])
                    LogicalAggregate(group=[{0, 1, 2}], agg#0=[SUM($3)])
                      LogicalProject(c0=[$0], c1=[$1], c2=[$2], c3=[$9])
                        LogicalJoin(condition=[=($0, $8)], joinType=[inner])
                          LogicalTableScan(table=[[lake, main, customer]])
                          LogicalUnion(all=[true])
                            LogicalSort(sort0=[$1], dir0=[DESC], fetch=[10])
                              LogicalProject(c0=[$0], c1=[$1])
                                LogicalFilter(condition=[=($3, 1)])
                                  LogicalJoin(condition=[=($0, $2)], joinType=[inner])
                                    LogicalAggregate(group=[{0}], agg#0=[SUM($1)])
                                      LogicalProject(c0=[$1], c1=[$3])
                                        LogicalTableScan(table=[[lake, main, orders]])
                                    LogicalAggregate(group=[{0}], agg#0=[COUNT()])
                                      LogicalProject(c0=[$0])
                                        LogicalProject(c_custkey=[$0])
                                          LogicalTableScan(table=[[lake, main, customer]])
                            LogicalProject(c0=[$0], c1=[$1])
                              LogicalFilter(condition=[>($3, 1)])
                                LogicalJoin(condition=[=($0, $2)], joinType=[inner])
                                  LogicalAggregate(group=[{0}], agg#0=[SUM($1)])
                                    LogicalProject(c0=[$1], c1=[$3])
                                      LogicalTableScan(table=[[lake, main, orders]])
                                  LogicalAggregate(group=[{0}], agg#0=[COUNT()])
                                    LogicalProject(c0=[$0])
                                      LogicalProject(c_custkey=[$0])
                                        LogicalTableScan(table=[[lake, main, customer]])
                """);
    }

    @Test
    void takesAlongWhatIsJoinedToTheLateRelation() {
        rewritesTo(
                "select o_custkey, c_name, c_comment, r_name, count(*) c from customer, orders,"
                        + " nation, region where c_custkey = o_custkey"
                        + " and c_nationkey = n_nationkey and n_regionkey = r_regionkey"
                        + " group by o_custkey, c_name, c_comment, r_name"
                        + " order by c, o_custkey limit 10 offset 5",
                """
                LogicalSort(sort0=[$4], sort1=[$0], dir0=[ASC], dir1=[ASC], offset=[5], fetch=[10])
                  LogicalProject(o_custkey=[$0], c_name=[$1], c_comment=[$2], r_name=[$3], c=[$4])
                    LogicalAggregate(group=[{0, 1, 2, 3}], agg#0=[$SUM0($4)])
                      LogicalProject(c0=[$15], c1=[$1], c2=[$7], c3=[$13], c4=[$16])
                        LogicalJoin(condition=[=($0, $15)], joinType=[inner])
                          LogicalJoin(condition=[=($3, $8)], joinType=[inner])
                            LogicalTableScan(table=[[lake, main, customer]])
                            LogicalJoin(condition=[=($2, $4)], joinType=[inner])
                              LogicalTableScan(table=[[lake, main, nation]])
                              LogicalTableScan(table=[[lake, main, region]])
                          LogicalUnion(all=[true])
                            LogicalSort(sort0=[$1], sort1=[$0], dir0=[ASC], dir1=[ASC], fetch=[15])
                              LogicalProject(c0=[$0], c1=[$1])
                                LogicalFilter(condition=[=($3, 1)])
                                  LogicalJoin(condition=[=($0, $2)], joinType=[inner])
                                    LogicalAggregate(group=[{0}], agg#0=[COUNT()])
                                      LogicalProject(c0=[$1])
                                        LogicalTableScan(table=[[lake, main, orders]])
                                    LogicalAggregate(group=[{0}], agg#0=[COUNT()])
                                      LogicalProject(c0=[$0])
                                        LogicalJoin(condition=[=($1, $2)], joinType=[inner])
                                          LogicalProject(c_custkey=[$0], c_nationkey=[$3])
                                            LogicalTableScan(table=[[lake, main, customer]])
                                          LogicalJoin(condition=[=($1, $2)], joinType=[inner])
                                            LogicalProject(n_nationkey=[$0], n_regionkey=[$2])
                                              LogicalTableScan(table=[[lake, main, nation]])
                                            LogicalProject(r_regionkey=[$0])
                                              LogicalTableScan(table=[[lake, main, region]])
                            LogicalProject(c0=[$0], c1=[$1])
                              LogicalFilter(condition=[>($3, 1)])
                                LogicalJoin(condition=[=($0, $2)], joinType=[inner])
                                  LogicalAggregate(group=[{0}], agg#0=[COUNT()])
                                    LogicalProject(c0=[$1])
                                      LogicalTableScan(table=[[lake, main, orders]])
                                  LogicalAggregate(group=[{0}], agg#0=[COUNT()])
                                    LogicalProject(c0=[$0])
                                      LogicalJoin(condition=[=($1, $2)], joinType=[inner])
                                        LogicalProject(c_custkey=[$0], c_nationkey=[$3])
                                          LogicalTableScan(table=[[lake, main, customer]])
                                        LogicalJoin(condition=[=($1, $2)], joinType=[inner])
                                          LogicalProject(n_nationkey=[$0], n_regionkey=[$2])
                                            LogicalTableScan(table=[[lake, main, nation]])
                                          LogicalProject(r_regionkey=[$0])
                                            LogicalTableScan(table=[[lake, main, region]])
                """);
    }

    private static String topCustomers(String columns, String condition, String order) {
        return "select "
                + columns
                + ", sum(o_totalprice) s from customer, orders where "
                + condition
                + " group by "
                + columns
                + " order by "
                + order;
    }

    private static final String KEYS = "c_custkey = o_custkey";
    private static final String COLUMNS = "c_custkey, c_name, c_address";

    @Test
    void doesNotFireWithoutLimit() {
        doesNotFire(topCustomers(COLUMNS, KEYS, "s desc"));
    }

    @Test
    void doesNotFireWhereMostGroupsAreKept() {
        doesNotFire(topCustomers(COLUMNS, KEYS, "s desc limit 50000"));
    }

    @Test
    void doesNotFireOnAnOrderByLateColumns() {
        doesNotFire(topCustomers(COLUMNS, KEYS, "s desc, c_name limit 10"));
    }

    @Test
    void doesNotFireWhereTheKeyIsNotAmongTheGroups() {
        doesNotFire(topCustomers("c_name, c_address", KEYS, "s desc limit 10"));
    }

    @Test
    void doesNotFireOnShortColumns() {
        doesNotFire(topCustomers("c_custkey, c_nationkey", KEYS, "s desc limit 10"));
    }

    @Test
    void doesNotFireWhereTheLateRelationFilters() {
        doesNotFire(
                topCustomers(
                        COLUMNS,
                        KEYS + " and c_mktsegment = 'BUILDING' and c_nationkey = 3",
                        "s desc limit 10"));
    }

    @Test
    void doesNotFireWhereTheLateRelationHasManyRowsAKey() {
        doesNotFire(
                "select l_partkey, ps_comment, sum(l_quantity) s from lineitem, partsupp"
                        + " where l_partkey = ps_partkey group by l_partkey, ps_comment"
                        + " order by s desc limit 10");
    }

    @Test
    void doesNotFireOnConditionsOverBothSides() {
        doesNotFire(
                topCustomers(COLUMNS, KEYS + " and c_acctbal < o_totalprice", "s desc limit 10"));
    }

    @Test
    void doesNotFireOnAggregatesOfLateColumns() {
        doesNotFire(
                "select c_custkey, c_name, c_address, sum(o_totalprice + c_acctbal) s"
                        + " from customer, orders where c_custkey = o_custkey"
                        + " group by c_custkey, c_name, c_address order by s limit 10");
    }

    @Test
    void doesNotFireOnDistinctAggregates() {
        doesNotFire(
                "select c_custkey, c_name, c_address, count(distinct o_clerk) s"
                        + " from customer, orders where c_custkey = o_custkey"
                        + " group by c_custkey, c_name, c_address order by s limit 10");
    }

    @Test
    void doesNotFireOnWhatMayFailForRowsThatTheJoinDrops() {
        doesNotFire(
                "select c_custkey, c_name, c_address, sum(o_totalprice / o_shippriority) s"
                        + " from customer, orders where c_custkey = o_custkey"
                        + " group by c_custkey, c_name, c_address order by s limit 10");
    }

    @Test
    void doesNotFireOnEarlyGroupsThatMayFail() {
        String sql =
                "select c_custkey, c_name, c_address, %1$s k, sum(o_totalprice) s"
                        + " from customer, orders where c_custkey = o_custkey"
                        + " group by c_custkey, c_name, c_address, %1$s order by s desc limit 10";
        doesNotFire(sql.formatted("100 / o_shippriority"));
        assertThat(RelOptUtil.toString(rule.apply(joined(sql.formatted("o_orderstatus")))))
                .contains("LogicalUnion");
    }
}
