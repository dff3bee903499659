package io.neuralake.planner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rule.logical.KnownConditions;
import io.neuralake.planner.rule.logical.SubQueryRemoval;
import io.neuralake.planner.rule.pushdown.PredicatePushDown;

import org.apache.calcite.rel.RelNode;
import org.junit.jupiter.api.Test;

/// Rows that queries over TPC-H at scale 1 are thought to have.
class EstimatedRowsTest {
    private static double rows(String sql) {
        CardinalityEstimator estimator = new CardinalityEstimator();
        RelNode rel = new SubQueryRemoval().apply(TestPlanner.rel(sql));
        return estimator.rows(new PredicatePushDown(estimator, KnownConditions.none()).apply(rel));
    }

    @Test
    void conditionsOnOneColumnAreNotIndependent() {
        assertThat(
                        rows(
                                "select * from (select * from part where p_brand in ('A', 'B'))"
                                        + " where p_brand = 'A'"))
                .isCloseTo(200_000.0 / 25, within(500.0));
    }

    @Test
    void yearsOfDatesAreThoseOfTheirRange() {
        assertThat(
                        rows(
                                "select extract(year from o_orderdate) y, count(*) from orders"
                                        + " where o_orderdate between date '1995-01-01'"
                                        + " and date '1996-12-31' group by 1"))
                .isEqualTo(2);
    }

    @Test
    void rowsWithoutMatchAreThoseWhoseOtherSideIsNull() {
        assertThat(
                        rows(
                                "select * from customer left join orders on c_custkey = o_custkey"
                                        + " where o_orderkey is null"))
                .isCloseTo(50_000, within(100.0));
    }

    @Test
    void sumsAreRarelyFarAboveTheirMean() {
        assertThat(
                        rows(
                                "select l_orderkey from lineitem group by l_orderkey"
                                        + " having sum(l_quantity) > 300"))
                .isBetween(100.0, 1000.0);
        assertThat(
                        rows(
                                "select l_orderkey from lineitem group by l_orderkey"
                                        + " having sum(l_quantity) < 300"))
                .isBetween(1_498_000.0, 1_500_000.0);
    }

    @Test
    void averagesAreNearTheMeanOfTheColumn() {
        assertThat(
                        rows(
                                "select o_custkey from orders group by o_custkey"
                                        + " having avg(o_totalprice) between 250000 and 300000"))
                .isBetween(30_000.0, 70_000.0);
    }

    @Test
    void countsHaveFewValues() {
        assertThat(
                        rows(
                                "select c, count(*) from (select o_custkey, count(*) c from orders"
                                        + " group by o_custkey) group by c"))
                .isBetween(20.0, 100.0);
    }

    @Test
    void noMoreRowsHaveAMatchThanThereAreMatches() {
        assertThat(
                        rows(
                                "select * from orders where exists (select * from lineitem"
                                        + " where l_orderkey = o_orderkey and l_quantity = 7"
                                        + " and l_discount = 0.05 and l_tax = 0.02)"))
                .isLessThan(6_001_215.0 / 50 / 11 / 9 + 1);
    }
}
