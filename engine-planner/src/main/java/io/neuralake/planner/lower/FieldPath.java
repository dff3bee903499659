package io.neuralake.planner.lower;

import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// A column of a relation, or a member of a struct below it.
///
/// @param members positions of members from the column down; empty for the column itself
record FieldPath(int column, List<Integer> members) {
    FieldPath {
        members = List.copyOf(members);
    }

    static FieldPath of(int column) {
        return new FieldPath(column, List.of());
    }

    /// Returns the path that an expression is; null for others.
    static @Nullable FieldPath of(RexNode expression) {
        RexNode stripped = io.neuralake.planner.rule.Expressions.stripNullability(expression);
        if (stripped instanceof RexInputRef reference) {
            return of(reference.getIndex());
        }
        if (stripped instanceof RexFieldAccess access) {
            FieldPath outer = of(access.getReferenceExpr());
            return outer == null ? null : outer.member(access.getField().getIndex());
        }
        return null;
    }

    FieldPath member(int index) {
        List<Integer> longer = new ArrayList<>(members);
        longer.add(index);
        return new FieldPath(column, longer);
    }

    /// Returns this path below another column.
    FieldPath below(FieldPath root) {
        List<Integer> all = new ArrayList<>(root.members);
        all.addAll(members);
        return new FieldPath(root.column, all);
    }

    FieldPath shift(int by) {
        return by == 0 ? this : new FieldPath(column + by, members);
    }

    /// Tells whether the other path is this one or below it.
    boolean covers(FieldPath other) {
        return column == other.column
                && members.size() <= other.members.size()
                && members.equals(other.members.subList(0, members.size()));
    }
}
