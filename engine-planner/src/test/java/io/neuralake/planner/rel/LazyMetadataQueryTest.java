package io.neuralake.planner.rel;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.calcite.plan.ConventionTraitDef;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.volcano.VolcanoPlanner;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.logical.LogicalValues;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.util.ImmutableBitSet;
import org.junit.jupiter.api.Test;

class LazyMetadataQueryTest {
    private static RelOptCluster cluster() {
        VolcanoPlanner planner = new VolcanoPlanner();
        planner.addRelTraitDef(ConventionTraitDef.INSTANCE);
        RelOptCluster cluster =
                RelOptCluster.create(planner, new RexBuilder(LakeTypeFactory.INSTANCE));
        cluster.setMetadataQuerySupplier(LazyMetadataQuery::new);
        return cluster;
    }

    @Test
    void answersWhatIsAsked() {
        RelNode row = LogicalValues.createOneRow(cluster());
        RelMetadataQuery query = row.getCluster().getMetadataQuery();
        assertThat(query).isInstanceOf(LazyMetadataQuery.class);
        assertThat(query.getRowCount(row)).isEqualTo(1);
        assertThat(query.getMaxRowCount(row)).isEqualTo(1);
        assertThat(query.getMinRowCount(row)).isEqualTo(1);
        assertThat(query.areColumnsUnique(row, ImmutableBitSet.of(0))).isTrue();
        assertThat(query.getCumulativeCost(row)).isNotNull();
        assertThat(query.getAverageColumnSizes(row)).hasSize(1);
    }

    @Test
    void answersAgainInTheNextStatement() {
        RelNode row = LogicalValues.createOneRow(cluster());
        assertThat(row.getCluster().getMetadataQuery().getRowCount(row)).isEqualTo(1);
    }
}
