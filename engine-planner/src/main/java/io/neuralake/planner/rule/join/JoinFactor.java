package io.neuralake.planner.rule.join;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.cost.RelationEstimate;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// One relation of a join graph. A factor of another type than INNER is a satellite: the right side
/// of one semi, anti, left, mark or single join, which may be done as soon as the factors that its
/// condition reads have been joined. Mutable while the graph is analyzed.
final class JoinFactor {
    private RelNode rel;
    private final int index;
    private final int offset;
    private final JoinType type;
    private final List<RexNode> pushed = new ArrayList<>();
    private @Nullable RexNode condition;
    private long required;
    private @Nullable RelationEstimate estimate;

    JoinFactor(RelNode rel, int index, int offset, JoinType type) {
        this.rel = rel;
        this.index = index;
        this.offset = offset;
        this.type = type;
    }

    RelNode rel() {
        return rel;
    }

    void setRel(RelNode value, RelationEstimate valueEstimate) {
        rel = value;
        estimate = valueEstimate;
    }

    int index() {
        return index;
    }

    long bit() {
        return 1L << index;
    }

    /// Returns the position of its first column among the graph's columns.
    int offset() {
        return offset;
    }

    /// Returns the number of the relation's columns.
    int width() {
        return rel.getRowType().getFieldCount();
    }

    /// Tells whether the join adds a mark, which is then the column behind the relation's.
    boolean hasMark() {
        return type == JoinType.MARK || type == JoinType.MARK_NULL_AWARE;
    }

    int columns() {
        return width() + (hasMark() ? 1 : 0);
    }

    JoinType type() {
        return type;
    }

    boolean isInner() {
        return type == JoinType.INNER;
    }

    /// Tells whether columns of the relation are columns of the join.
    boolean addsColumns() {
        return type == JoinType.INNER || type == JoinType.LEFT || type == JoinType.SINGLE;
    }

    /// Returns conjuncts over the relation's own columns, to be pushed into it.
    List<RexNode> pushed() {
        return pushed;
    }

    /// Returns a satellite's condition over the graph's columns.
    RexNode condition() {
        if (condition == null) {
            throw new IllegalStateException("Factor without condition: " + rel);
        }
        return condition;
    }

    void setCondition(RexNode value) {
        condition = value;
    }

    /// Returns the factors that must be joined before a satellite, as a bit set.
    long required() {
        return required;
    }

    void setRequired(long factors) {
        required = factors;
    }

    RelationEstimate estimate() {
        if (estimate == null) {
            throw new IllegalStateException("Factor without estimate: " + rel);
        }
        return estimate;
    }
}
