package io.neuralake.planner.rel;

import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;

import java.util.List;

/// Yields the one row of its input, or nulls when there is none; two rows are an error (21000). The
/// value of a scalar sub-query.
public final class SingleRow extends SingleRel {
    private SingleRow(RelNode input) {
        super(input.getCluster(), input.getCluster().traitSet(), input);
    }

    /// Wraps a sub-query.
    public static SingleRow create(RelNode input) {
        return new SingleRow(input);
    }

    @Override
    protected RelDataType deriveRowType() {
        RelDataTypeFactory factory = getCluster().getTypeFactory();
        RelDataTypeFactory.Builder builder = factory.builder();
        for (RelDataTypeField field : input.getRowType().getFieldList()) {
            builder.add(field.getName(), factory.createTypeWithNullability(field.getType(), true));
        }
        return builder.build();
    }

    @Override
    public SingleRow copy(RelTraitSet traitSet, List<RelNode> inputs) {
        return new SingleRow(inputs.getFirst());
    }
}
