package io.neuralake.planner.rel;

import io.neuralake.spi.type.MapType;

import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.SingleRel;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.type.SqlTypeName;

import java.util.List;

/// Repeats each input row once an element of its lists, side by side. The result is the input's
/// columns, then one column a list (two a map: key and value), then the ordinality, a BIGINT.
public final class LateralUnnest extends SingleRel {
    private final List<Integer> lists;
    private final boolean ordinality;
    private final boolean outer;

    private LateralUnnest(RelNode input, List<Integer> lists, boolean ordinality, boolean outer) {
        super(input.getCluster(), input.getCluster().traitSet(), input);
        this.lists = List.copyOf(lists);
        this.ordinality = ordinality;
        this.outer = outer;
    }

    /// Creates an unnest of columns of the input.
    ///
    /// @param outer keeps rows whose lists are all empty or null, with nulls
    public static LateralUnnest create(
            RelNode input, List<Integer> lists, boolean ordinality, boolean outer) {
        return new LateralUnnest(input, lists, ordinality, outer);
    }

    /// Returns the list or map columns of the input.
    public List<Integer> lists() {
        return lists;
    }

    /// Tells whether the elements are counted in a last column.
    public boolean ordinality() {
        return ordinality;
    }

    /// Tells whether rows without elements are kept.
    public boolean outer() {
        return outer;
    }

    /// Returns the number of columns that unnesting adds for a list or map.
    public static int width(RelDataType listType) {
        return TypeMapping.toType(listType) instanceof MapType ? 2 : 1;
    }

    @Override
    protected RelDataType deriveRowType() {
        RelDataTypeFactory factory = getCluster().getTypeFactory();
        RelDataTypeFactory.Builder builder = factory.builder();
        builder.addAll(input.getRowType().getFieldList());
        for (int list : lists) {
            RelDataType type = input.getRowType().getFieldList().get(list).getType();
            if (type.getKeyType() != null && type.getValueType() != null) {
                builder.add("key", factory.createTypeWithNullability(type.getKeyType(), true));
                builder.add("value", factory.createTypeWithNullability(type.getValueType(), true));
            } else {
                builder.add("element", nullable(factory, type));
            }
        }
        if (ordinality) {
            RelDataType count = factory.createSqlType(SqlTypeName.BIGINT);
            builder.add("ordinality", factory.createTypeWithNullability(count, outer));
        }
        return builder.build();
    }

    private static RelDataType nullable(RelDataTypeFactory factory, RelDataType list) {
        RelDataType element = list.getComponentType();
        if (element == null) {
            throw new IllegalStateException("Not a list: " + list);
        }
        return factory.enforceTypeWithNullability(element, true);
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer)
                .item("lists", lists)
                .item("ordinality", ordinality)
                .item("outer", outer);
    }

    @Override
    public LateralUnnest copy(RelTraitSet traitSet, List<RelNode> inputs) {
        return new LateralUnnest(inputs.getFirst(), lists, ordinality, outer);
    }
}
