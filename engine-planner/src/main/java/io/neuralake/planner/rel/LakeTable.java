package io.neuralake.planner.rel;

import io.neuralake.spi.catalog.TableSnapshot;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.Statistic;
import org.apache.calcite.schema.Statistics;
import org.apache.calcite.schema.impl.AbstractTable;
import org.jspecify.annotations.Nullable;

/// Shows one version of a table to Calcite. `RelOptTable.unwrap(LakeTable.class)` finds it. Columns
/// are those of the snapshot's schema, in order.
public final class LakeTable extends AbstractTable {
    private final TableSnapshot snapshot;
    private volatile @Nullable RelDataType rowType;

    /// Wraps a snapshot.
    public LakeTable(TableSnapshot snapshot) {
        this.snapshot = snapshot;
    }

    /// Returns the version that the query reads.
    public TableSnapshot snapshot() {
        return snapshot;
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory typeFactory) {
        RelDataType known = rowType;
        if (known == null) {
            known = TypeMapping.toRowType(snapshot.schema(), typeFactory);
            rowType = known;
        }
        return known;
    }

    @Override
    public Statistic getStatistic() {
        double rows = snapshot.statistics().rowCount();
        return Double.isNaN(rows) ? Statistics.UNKNOWN : Statistics.of(rows, java.util.List.of());
    }
}
