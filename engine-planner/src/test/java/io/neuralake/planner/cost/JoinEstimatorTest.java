package io.neuralake.planner.cost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.cost.RelationEstimate.Key;
import io.neuralake.planner.rel.LakeRexBuilder;
import io.neuralake.planner.rel.LakeTypeFactory;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.ImmutableBitSet;
import org.junit.jupiter.api.Test;

import java.math.BigDecimal;
import java.util.List;

class JoinEstimatorTest {
    private static final RexBuilder REX = new LakeRexBuilder();
    private static final RelDataType BIGINT =
            LakeTypeFactory.INSTANCE.createSqlType(SqlTypeName.BIGINT);

    private final SelectivityEstimator selectivity = new SelectivityEstimator();
    private final JoinEstimator joins = new JoinEstimator(selectivity);

    /// Orders: key, customer.
    private final RelationEstimate orders =
            new RelationEstimate(
                    1000,
                    List.of(range(1000), range(100)),
                    List.of(new Key(ImmutableBitSet.of(0), 1000)));

    /// Lines: order, number.
    private final RelationEstimate lines =
            new RelationEstimate(4000, List.of(range(1000), range(7)), List.of());

    private static ColumnEstimate range(double distinct) {
        return new ColumnEstimate(distinct, distinct, 0, distinct, 0);
    }

    private static RexNode column(int index) {
        return new RexInputRef(index, BIGINT);
    }

    private static RexNode call(SqlOperator operator, RexNode left, RexNode right) {
        return REX.makeCall(operator, left, right);
    }

    private static RexNode number(long value) {
        return REX.makeExactLiteral(BigDecimal.valueOf(value), BIGINT);
    }

    @Test
    void foreignKeyJoinKeepsTheForeignSide() {
        RexNode condition = call(SqlStdOperatorTable.EQUALS, column(0), column(2));
        RelationEstimate joined = joins.join(orders, lines, condition, JoinType.INNER);
        assertThat(joined.rows()).isCloseTo(4000, within(1.0));
    }

    /// Days: key, year, weekday; of 200 years, in the middle of which are two with sales.
    private final RelationEstimate days =
            new RelationEstimate(
                    73_000,
                    List.of(new ColumnEstimate(73_000, 73_000, 0, 72_999, 0), range(200), range(7)),
                    List.of(new Key(ImmutableBitSet.of(0), 73_000)));

    private double salesOnDaysWith(int column, long value) {
        RelationEstimate sales =
                new RelationEstimate(
                        730_000,
                        List.of(new ColumnEstimate(730, 730, 36_500, 37_229, 0)),
                        List.of());
        RelationEstimate some = selectivity.filter(days, List.of(equal(column, value)));
        RexNode condition = call(SqlStdOperatorTable.EQUALS, column(0), column(1));
        double rows = joins.join(sales, some, condition, JoinType.INNER).rows();
        assertThat(joins.join(sales, some, condition, JoinType.SEMI).rows())
                .isCloseTo(rows, within(1.0));
        assertThat(joins.join(sales, days, condition, JoinType.INNER).rows())
                .isCloseTo(730_000, within(1.0));
        return rows;
    }

    @Test
    void filterThatLeavesFewDaysChoosesAmongThoseWithSales() {
        assertThat(salesOnDaysWith(1, 101)).isCloseTo(365_000, within(1000.0));
    }

    @Test
    void filterThatLeavesMoreDaysThanHaveSalesChoosesAmongAll() {
        assertThat(salesOnDaysWith(2, 3)).isCloseTo(730_000 / 7.0, within(1000.0));
    }

    @Test
    void compositeKeyHasNoMoreValuesThanTheSmallerSide() {
        RexNode condition =
                call(
                        SqlStdOperatorTable.AND,
                        call(SqlStdOperatorTable.EQUALS, column(0), column(2)),
                        call(SqlStdOperatorTable.EQUALS, column(1), column(3)));
        RelationEstimate joined = joins.join(lines, lines, condition, JoinType.INNER);
        assertThat(joined.rows()).isCloseTo(4000, within(1.0));
    }

    @Test
    void leftJoinKeepsTheLeftSide() {
        RelationEstimate few = selectivity.filter(lines, List.of(equal(1, 3)));
        RexNode condition = call(SqlStdOperatorTable.EQUALS, column(0), column(2));
        assertThat(joins.join(orders, few, condition, JoinType.LEFT).rows())
                .isGreaterThanOrEqualTo(1000);
    }

    @Test
    void semiAndAntiJoinPartTheLeftSide() {
        RelationEstimate some = selectivity.filter(orders, List.of(equal(1, 3)));
        RexNode condition = call(SqlStdOperatorTable.EQUALS, column(0), column(2));
        double semi = joins.join(lines, some, condition, JoinType.SEMI).rows();
        double anti = joins.join(lines, some, condition, JoinType.ANTI).rows();
        assertThat(semi).isCloseTo(40, within(5.0));
        assertThat(semi + anti).isCloseTo(4000, within(1.0));
    }

    @Test
    void antiJoinOnCompositeKeyKeepsRowsThatTheRightSideIsTooSmallFor() {
        RelationEstimate returned =
                new RelationEstimate(400, List.of(range(1000), range(7)), List.of());
        RexNode condition =
                call(
                        SqlStdOperatorTable.AND,
                        call(SqlStdOperatorTable.EQUALS, column(0), column(2)),
                        call(SqlStdOperatorTable.EQUALS, column(1), column(3)));
        assertThat(joins.join(lines, returned, condition, JoinType.ANTI).rows())
                .isCloseTo(3600, within(1.0));
    }

    @Test
    void rangesOfOneColumnAreCombined() {
        RelationEstimate between =
                selectivity.filter(
                        orders,
                        List.of(
                                call(
                                        SqlStdOperatorTable.GREATER_THAN_OR_EQUAL,
                                        column(0),
                                        number(200)),
                                call(SqlStdOperatorTable.LESS_THAN, column(0), number(300))));
        assertThat(between.rows()).isCloseTo(100, within(1.0));
    }

    @Test
    void equalityKeepsOneOfTheDistinctValues() {
        assertThat(selectivity.filter(orders, List.of(equal(1, 3))).rows())
                .isCloseTo(10, within(0.1));
    }

    @Test
    void groupsByAKeyAreRows() {
        assertThat(orders.groups(ImmutableBitSet.of(0, 1))).isEqualTo(1000);
        assertThat(orders.groups(ImmutableBitSet.of(1))).isEqualTo(100);
        assertThat(orders.groups(ImmutableBitSet.of())).isEqualTo(1);
    }

    @Test
    void disjunctionOfConjunctionsFixesTheColumnThatAllPartsName() {
        RexNode condition =
                call(
                        SqlStdOperatorTable.OR,
                        call(SqlStdOperatorTable.AND, equal(1, 3), equal(0, 7)),
                        equal(1, 4));
        RelationEstimate some = selectivity.filter(orders, List.of(condition));
        assertThat(some.column(1).distinct()).isCloseTo(2, within(0.01));
        assertThat(selectivity.filter(some, List.of(equal(1, 4))).rows())
                .isCloseTo(some.rows() / 2, within(0.05));
    }

    @Test
    void aNumberAddedToAColumnMovesItsRange() {
        ColumnEstimate moved =
                selectivity.value(orders, call(SqlStdOperatorTable.MINUS, column(1), number(53)));
        assertThat(moved.distinct()).isEqualTo(100);
        assertThat(moved.min()).isEqualTo(-53);
        assertThat(moved.max()).isEqualTo(47);
        assertThat(
                        selectivity
                                .value(orders, call(SqlStdOperatorTable.PLUS, column(1), column(0)))
                                .hasRange())
                .isFalse();
    }

    private static RexNode equal(int column, long value) {
        return call(SqlStdOperatorTable.EQUALS, column(column), number(value));
    }
}
