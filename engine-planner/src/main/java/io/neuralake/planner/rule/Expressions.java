package io.neuralake.planner.rule;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.CorrelationId;
import org.apache.calcite.rel.logical.LogicalFilter;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexFieldAccess;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Common rewritings of row expressions and the relations around them.
public final class Expressions {
    private Expressions() {}

    /// Replaces references to columns by expressions.
    public static RexNode substitute(RexNode expression, List<? extends RexNode> columns) {
        return expression.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef reference) {
                        return columns.get(reference.getIndex());
                    }
                });
    }

    /// Replaces references in each expression.
    public static List<RexNode> substitute(
            List<? extends RexNode> expressions, List<? extends RexNode> columns) {
        List<RexNode> result = new ArrayList<>(expressions.size());
        for (RexNode expression : expressions) {
            result.add(substitute(expression, columns));
        }
        return result;
    }

    /// Refers to all columns of a relation.
    public static List<RexNode> references(RelNode rel) {
        return references(rel, 0, rel.getRowType().getFieldCount());
    }

    /// Refers to columns from `start` up to but not including `end`.
    public static List<RexNode> references(RelNode rel, int start, int end) {
        List<RexNode> result = new ArrayList<>(end - start);
        List<RelDataTypeField> fields = rel.getRowType().getFieldList();
        for (int i = start; i < end; i++) {
            result.add(new RexInputRef(i, fields.get(i).getType()));
        }
        return result;
    }

    /// Refers to one column of a relation.
    public static RexInputRef reference(RelNode rel, int column) {
        return new RexInputRef(column, rel.getRowType().getFieldList().get(column).getType());
    }

    /// Returns the columns that the expression reads.
    public static ImmutableBitSet columns(RexNode expression) {
        return RelOptUtil.InputFinder.bits(expression);
    }

    /// Puts a filter over a relation, or nothing for no conjuncts.
    public static RelNode filter(RelNode input, List<RexNode> conjuncts) {
        if (conjuncts.isEmpty()) {
            return input;
        }
        // A filter may not be a cast of nullability alone, which one conjunct can be.
        RexNode condition = stripNullability(conjunction(input, conjuncts));
        return condition.isAlwaysTrue() ? input : LogicalFilter.create(input, condition);
    }

    /// Conjoins conditions; TRUE for none.
    public static RexNode conjunction(RelNode any, Collection<? extends RexNode> conjuncts) {
        return RexUtil.composeConjunction(any.getCluster().getRexBuilder(), conjuncts);
    }

    /// Puts a projection over a relation, with the field names of `names`.
    public static RelNode project(RelNode input, List<? extends RexNode> columns, RelNode names) {
        return project(input, columns, names.getRowType().getFieldNames());
    }

    /// Puts a projection over a relation; none when it would change nothing.
    public static RelNode project(
            RelNode input, List<? extends RexNode> columns, List<String> names) {
        List<String> known = new ArrayList<>(columns.size());
        for (int i = 0; i < columns.size(); i++) {
            known.add(i < names.size() ? names.get(i) : "c" + i);
        }
        if (RexUtil.isIdentity(columns, input.getRowType())
                && known.equals(input.getRowType().getFieldNames())) {
            return input;
        }
        return LogicalProject.create(input, List.of(), columns, known, Set.of());
    }

    /// Casts an expression, where needed only in name, to a column's type, nullability included.
    public static RexNode ensureType(RelNode like, int column, RexNode expression) {
        RexBuilder builder = like.getCluster().getRexBuilder();
        var wanted = like.getRowType().getFieldList().get(column).getType();
        return expression.getType().equals(wanted)
                ? expression
                : builder.makeAbstractCast(wanted, expression, false);
    }

    /// Tells whether two expressions' types differ in nullability at most.
    public static boolean sameType(RexNode left, RexNode right, RelNode any) {
        return SqlTypeUtil.equalSansNullability(
                any.getCluster().getTypeFactory(), left.getType(), right.getType());
    }

    /// Tells whether the expression reads one of the correlation variables.
    public static boolean isCorrelated(RexNode expression, Set<CorrelationId> ids) {
        if (ids.isEmpty()) {
            return false;
        }
        boolean[] found = {false};
        expression.accept(
                new RexVisitorImpl<Void>(true) {
                    @Override
                    public Void visitCorrelVariable(RexCorrelVariable variable) {
                        found[0] |= ids.contains(variable.id);
                        return null;
                    }

                    @Override
                    public Void visitSubQuery(RexSubQuery subQuery) {
                        found[0] |= Expressions.isCorrelated(subQuery.rel, ids);
                        return super.visitSubQuery(subQuery);
                    }
                });
        return found[0];
    }

    /// Tells whether the relation reads one of the correlation variables.
    public static boolean isCorrelated(RelNode rel, Set<CorrelationId> ids) {
        if (ids.isEmpty()) {
            return false;
        }
        Set<CorrelationId> used = new HashSet<>(RelOptUtil.getVariablesUsed(rel));
        used.retainAll(ids);
        return !used.isEmpty();
    }

    /// Resolves correlated fields and moves plain references.
    ///
    /// @param outer what stands for the fields of the correlated row, by position
    /// @param shift added to the columns of plain references
    public static RexNode bind(
            RexNode expression, Set<CorrelationId> ids, List<RexNode> outer, int shift) {
        return expression.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef reference) {
                        return shift == 0
                                ? reference
                                : new RexInputRef(
                                        reference.getIndex() + shift, reference.getType());
                    }

                    @Override
                    public RexNode visitFieldAccess(RexFieldAccess access) {
                        if (access.getReferenceExpr() instanceof RexCorrelVariable variable
                                && ids.contains(variable.id)) {
                            return outer.get(access.getField().getIndex());
                        }
                        return super.visitFieldAccess(access);
                    }
                });
    }

    /// Returns the column that an expression is, perhaps with another nullability; -1 for others.
    public static int plainColumn(RexNode expression) {
        RexNode stripped = stripNullability(expression);
        return stripped instanceof RexInputRef reference ? reference.getIndex() : -1;
    }

    /// Removes casts that change nothing but nullability.
    public static RexNode stripNullability(RexNode expression) {
        RexNode result = expression;
        while (result instanceof org.apache.calcite.rex.RexCall call
                && call.getKind() == org.apache.calcite.sql.SqlKind.CAST
                && isSame(call.getType(), call.getOperands().getFirst().getType())) {
            result = call.getOperands().getFirst();
        }
        return result;
    }

    private static boolean isSame(
            org.apache.calcite.rel.type.RelDataType a, org.apache.calcite.rel.type.RelDataType b) {
        if (a.getSqlTypeName() != b.getSqlTypeName()) {
            return false;
        }
        return a.equals(b)
                || io.neuralake.planner.rel.TypeMapping.toType(a)
                        .equals(io.neuralake.planner.rel.TypeMapping.toType(b));
    }

    /// Refers to the columns of `rel` at new positions.
    ///
    /// @param positions where each column went
    public static RexNode remap(RexNode expression, int[] positions, RelNode rel) {
        return expression.accept(
                new RexShuttle() {
                    @Override
                    public RexNode visitInputRef(RexInputRef reference) {
                        return reference(rel, positions[reference.getIndex()]);
                    }
                });
    }

    /// Tells whether the expression can be moved, copied and left out: it gives the same value each
    /// time.
    public static boolean isDeterministic(RexNode expression) {
        return RexUtil.isDeterministic(expression);
    }
}
