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
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.util.ImmutableBitSet;
import org.junit.jupiter.api.Test;

import java.util.List;

class GroupCountTest {
    private static final RexBuilder REX = new LakeRexBuilder();
    private static final RelDataType BIGINT =
            LakeTypeFactory.INSTANCE.createSqlType(SqlTypeName.BIGINT);

    private final JoinEstimator joins = new JoinEstimator(new SelectivityEstimator());

    /// Items: key, name, brand, class.
    private final RelationEstimate items =
            new RelationEstimate(
                    1000,
                    List.of(values(1000), values(900), values(500), values(100)),
                    List.of(new Key(ImmutableBitSet.of(0), 1000)));

    /// Sales: item, store, price.
    private final RelationEstimate sales =
            new RelationEstimate(
                    100_000, List.of(values(1000), values(10), values(5000)), List.of());

    /// Sales, then items.
    private final RelationEstimate sold = joins.join(sales, items, equal(0, 3), JoinType.INNER);

    private static ColumnEstimate values(double distinct) {
        return ColumnEstimate.ofDistinct(distinct);
    }

    private static RexNode equal(int left, int right) {
        return REX.makeCall(
                SqlStdOperatorTable.EQUALS,
                new RexInputRef(left, BIGINT),
                new RexInputRef(right, BIGINT));
    }

    @Test
    void columnsOfOneSideHaveNoMoreGroupsThanItHasRows() {
        assertThat(sold.rows()).isCloseTo(100_000, within(1.0));
        assertThat(sold.groups(ImmutableBitSet.of(4, 5, 6))).isCloseTo(1000, within(1.0));
    }

    @Test
    void columnsOfTheOtherSideMultiply() {
        assertThat(sold.groups(ImmutableBitSet.of(1, 4, 5, 6)))
                .isCloseTo(1000 * Math.pow(10, 0.8), within(1.0));
    }

    @Test
    void foreignKeyDeterminesTheColumnsBehindIt() {
        RelationEstimate few =
                joins.join(
                        sales.scaled(0.0005, sales.columns()), items, equal(0, 3), JoinType.INNER);
        RelationEstimate many = joins.join(few, sales, equal(3, 7), JoinType.INNER);
        // 50 sales have met an item each, and then 100 others of that item.
        assertThat(many.rows()).isCloseTo(5000, within(1.0));
        assertThat(many.groups(ImmutableBitSet.of(1, 2, 4, 5, 6))).isLessThan(51);
    }

    @Test
    void filtersLeaveFewerRowsOfASource() {
        RelationEstimate some = sold.scaled(0.001, sold.columns());
        assertThat(some.groups(ImmutableBitSet.of(4, 5, 6))).isBetween(90.0, 100.0);
    }

    @Test
    void groupsOfASingleColumnAreItsValues() {
        assertThat(sold.groups(ImmutableBitSet.of(6))).isCloseTo(100, within(0.1));
        assertThat(sold.groups(ImmutableBitSet.of())).isEqualTo(1);
    }
}
