package io.neuralake.planner.rel;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;

import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.BiRel;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelWriter;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.type.SqlTypeName;

import java.util.List;

/// Joins in a way that only sub-queries ask for and Calcite's joins lack: MARK, MARK_NULL_AWARE,
/// ANTI_NULL_AWARE, SINGLE. The result is the left columns, then the mark, or for SINGLE the right
/// columns. The null-aware kinds have exactly one condition, an equality.
public final class SubQueryJoin extends BiRel {
    private final RexNode condition;
    private final JoinType type;

    private SubQueryJoin(RelNode left, RelNode right, RexNode condition, JoinType type) {
        super(left.getCluster(), left.getCluster().traitSet(), left, right);
        this.condition = condition;
        this.type = type;
    }

    /// Creates a join. Throws IllegalArgumentException for types that Calcite's joins have.
    public static SubQueryJoin create(
            RelNode left, RelNode right, RexNode condition, JoinType type) {
        return switch (type) {
            case MARK, MARK_NULL_AWARE, ANTI_NULL_AWARE, SINGLE ->
                    new SubQueryJoin(left, right, condition, type);
            case INNER, LEFT, RIGHT, FULL, SEMI, ANTI, BUILD_SEMI, BUILD_ANTI ->
                    throw new IllegalArgumentException("Not a sub-query's join: " + type);
        };
    }

    /// Returns the condition over left columns then right columns.
    public RexNode condition() {
        return condition;
    }

    /// Returns the type.
    public JoinType type() {
        return type;
    }

    @Override
    protected RelDataType deriveRowType() {
        RelDataTypeFactory factory = getCluster().getTypeFactory();
        RelDataTypeFactory.Builder builder = factory.builder();
        builder.addAll(left.getRowType().getFieldList());
        if (type == JoinType.SINGLE) {
            for (RelDataTypeField field : right.getRowType().getFieldList()) {
                builder.add(
                        field.getName(), factory.createTypeWithNullability(field.getType(), true));
            }
        } else if (type != JoinType.ANTI_NULL_AWARE) {
            RelDataType mark = factory.createSqlType(SqlTypeName.BOOLEAN);
            builder.add(
                    "mark",
                    factory.createTypeWithNullability(mark, type == JoinType.MARK_NULL_AWARE));
        }
        return builder.build();
    }

    @Override
    public RelWriter explainTerms(RelWriter writer) {
        return super.explainTerms(writer).item("condition", condition).item("type", type);
    }

    @Override
    public SubQueryJoin copy(RelTraitSet traitSet, List<RelNode> inputs) {
        return new SubQueryJoin(inputs.get(0), inputs.get(1), condition, type);
    }

    @Override
    public RelNode accept(RexShuttle shuttle) {
        RexNode changed = shuttle.apply(condition);
        return changed.equals(condition) ? this : new SubQueryJoin(left, right, changed, type);
    }
}
