package io.neuralake.planner.sql;

import io.neuralake.planner.rel.LateralUnnest;
import io.neuralake.planner.rel.UnnestFunction;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.logical.LogicalProject;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexOver;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexVisitorImpl;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.SqlTypeName;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Replaces calls of UNNEST in projections by [LateralUnnest]. Several lists of one projection are
/// unnested side by side, the shorter ones filled with nulls. Window functions are computed before.
final class SelectListUnnest {
    private SelectListUnnest() {}

    /// Rewrites the projections of a relation and of its inputs.
    static RelNode apply(RelNode rel) {
        List<RelNode> inputs = new ArrayList<>();
        boolean changed = false;
        for (RelNode input : rel.getInputs()) {
            RelNode rewritten = apply(input);
            changed |= !rewritten.equals(input);
            inputs.add(rewritten);
        }
        RelNode current = changed ? rel.copy(rel.getTraitSet(), inputs) : rel;
        while (current instanceof Project project
                && project.getProjects().stream().anyMatch(SelectListUnnest::unnests)) {
            current = unnest(project);
        }
        return current;
    }

    private static boolean unnests(RexNode expression) {
        return !innermost(List.of(expression)).isEmpty();
    }

    /// Returns the calls of UNNEST that hold no other, each once.
    private static Set<RexCall> innermost(List<RexNode> expressions) {
        Set<RexCall> calls = new LinkedHashSet<>();
        RexVisitorImpl<Void> visitor =
                new RexVisitorImpl<>(true) {
                    @Override
                    public Void visitCall(RexCall call) {
                        int before = calls.size();
                        super.visitCall(call);
                        if (isUnnest(call.getOperator()) && calls.size() == before) {
                            calls.add(call);
                        }
                        return null;
                    }
                };
        expressions.forEach(expression -> expression.accept(visitor));
        return calls;
    }

    private static boolean isUnnest(SqlOperator operator) {
        return operator.equals(UnnestFunction.INSTANCE);
    }

    /// Unnests the innermost lists of a projection; the projection above may hold others.
    private static RelNode unnest(Project project) {
        RelNode input = project.getInput();
        RexBuilder rexBuilder = project.getCluster().getRexBuilder();
        List<RexNode> below = new ArrayList<>();
        for (RelDataTypeField field : input.getRowType().getFieldList()) {
            below.add(RexInputRef.of(field.getIndex(), input.getRowType()));
        }
        List<RexCall> calls = new ArrayList<>(innermost(project.getProjects()));
        List<Integer> lists = new ArrayList<>();
        for (RexCall call : calls) {
            lists.add(below.size());
            below.add(list(call.getOperands().getFirst(), rexBuilder));
        }
        List<RexOver> windows = windows(project.getProjects());
        int firstWindow = below.size();
        below.addAll(windows);
        RelNode computed =
                LogicalProject.create(
                        input, List.of(), below, (List<String>) null, project.getVariablesSet());
        RelNode unnested = LateralUnnest.create(computed, lists, false, false);
        RexShuttle replacement =
                new RexShuttle() {
                    @Override
                    public RexNode visitCall(RexCall call) {
                        int index = calls.indexOf(call);
                        return index < 0
                                ? super.visitCall(call)
                                : reference(below.size() + index, call.getType());
                    }

                    @Override
                    public RexNode visitOver(RexOver over) {
                        int index = windows.indexOf(over);
                        return index < 0
                                ? super.visitOver(over)
                                : reference(firstWindow + index, over.getType());
                    }

                    private RexNode reference(int column, RelDataType type) {
                        RexNode reference = RexInputRef.of(column, unnested.getRowType());
                        return reference.getType().equals(type)
                                ? reference
                                : rexBuilder.makeAbstractCast(type, reference, false);
                    }
                };
        return LogicalProject.create(
                unnested,
                List.of(),
                replacement.visitList(project.getProjects()),
                project.getRowType().getFieldNames(),
                Set.of());
    }

    /// Returns a list; NULL is one without elements.
    private static RexNode list(RexNode operand, RexBuilder rexBuilder) {
        if (operand.getType().getSqlTypeName() != SqlTypeName.NULL) {
            return operand;
        }
        RelDataType type = rexBuilder.getTypeFactory().createArrayType(operand.getType(), -1);
        return rexBuilder.makeNullLiteral(type);
    }

    /// Returns the window functions that do not read what is unnested.
    private static List<RexOver> windows(List<RexNode> expressions) {
        Set<RexOver> windows = new LinkedHashSet<>();
        RexVisitorImpl<Void> visitor =
                new RexVisitorImpl<>(true) {
                    @Override
                    public Void visitCall(RexCall call) {
                        return isUnnest(call.getOperator()) ? null : super.visitCall(call);
                    }

                    @Override
                    public Void visitOver(RexOver over) {
                        if (!unnests(over)) {
                            windows.add(over);
                        }
                        return null;
                    }
                };
        expressions.forEach(expression -> expression.accept(visitor));
        return List.copyOf(windows);
    }
}
