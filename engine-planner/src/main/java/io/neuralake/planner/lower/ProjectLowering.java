package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.planner.rule.Expressions;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.rex.RexVisitorImpl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lowers projections and filters. A projection that only picks columns is no node of the plan.
final class ProjectLowering {
    private ProjectLowering() {}

    static Lowered filter(Lowering lowering, Filter filter, Uses uses) {
        Uses read = Uses.copyOf(uses).add(filter.getCondition());
        Lowered input = lowering.lower(filter.getInput(), read);
        RowExpression predicate = RexToRowExpression.over(input).translate(filter.getCondition());
        return new Lowered(
                new PhysicalPlan.Filter(input.plan(), predicate, lowering.rows(filter)),
                input.layout());
    }

    static Lowered project(Lowering lowering, Project project, Uses uses) {
        List<RexNode> expressions = project.getProjects();
        RelNode input = project.getInput();
        while (input instanceof Project inner && isMergeable(expressions, inner)) {
            expressions = Expressions.substitute(expressions, inner.getProjects());
            input = inner.getInput();
        }
        return compute(lowering, input, expressions, project, uses);
    }

    /// Tells whether no expression of the inner projection would be computed twice.
    private static boolean isMergeable(List<RexNode> outer, Project inner) {
        if (inner.containsOver()
                || !inner.getProjects().stream().allMatch(RexUtil::isDeterministic)) {
            return false;
        }
        int[] counts = new int[inner.getProjects().size()];
        for (RexNode expression : outer) {
            expression.accept(
                    new RexVisitorImpl<Void>(true) {
                        @Override
                        public Void visitInputRef(RexInputRef reference) {
                            counts[reference.getIndex()]++;
                            return null;
                        }
                    });
        }
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 1 && FieldPath.of(inner.getProjects().get(i)) == null) {
                return false;
            }
        }
        return true;
    }

    private static Lowered compute(
            Lowering lowering,
            RelNode inputRel,
            List<RexNode> expressions,
            Project project,
            Uses uses) {
        Uses read = Uses.none();
        Map<FieldPath, FieldPath> picked = new LinkedHashMap<>();
        Map<Integer, RexNode> computed = new LinkedHashMap<>();
        for (FieldPath path : uses.paths()) {
            RexNode expression = expressions.get(path.column());
            FieldPath source = FieldPath.of(expression);
            if (source != null) {
                FieldPath whole = path.below(source);
                picked.put(path, whole);
                read.add(whole);
            } else {
                computed.put(path.column(), expression);
                read.add(expression);
            }
        }
        Lowered input = lowering.lower(inputRel, read);
        return computed.isEmpty() && picked.values().stream().allMatch(input.layout()::has)
                ? relabelled(input, picked)
                : projected(input, picked, computed, project);
    }

    private static Lowered relabelled(Lowered input, Map<FieldPath, FieldPath> picked) {
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        picked.forEach((path, source) -> positions.put(path, input.layout().position(source)));
        return new Lowered(input.plan(), new Layout(positions));
    }

    private static Lowered projected(
            Lowered input,
            Map<FieldPath, FieldPath> picked,
            Map<Integer, RexNode> computed,
            Project project) {
        RexToRowExpression translator = RexToRowExpression.over(input);
        List<RowExpression> expressions = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        picked.forEach(
                (path, source) -> {
                    RowExpression value = input.read(source);
                    positions.put(path, fields.size());
                    fields.add(field(value, input.plan(), project, path));
                    expressions.add(value);
                });
        computed.forEach(
                (column, expression) -> {
                    RelDataTypeField field = project.getRowType().getFieldList().get(column);
                    var type = TypeMapping.toType(field.getType());
                    positions.put(FieldPath.of(column), fields.size());
                    fields.add(new Field(field.getName(), type, field.getType().isNullable()));
                    expressions.add(Casts.to(translator.translate(expression), type));
                });
        return new Lowered(
                Projections.of(input.plan(), expressions, new Schema(fields)),
                new Layout(positions));
    }

    private static Field field(
            RowExpression value, PhysicalPlan input, Project project, FieldPath path) {
        String name = project.getRowType().getFieldNames().get(path.column());
        boolean nullable =
                !(value instanceof InputRef reference)
                        || input.schema().field(reference.column()).nullable();
        return new Field(name, value.type(), nullable);
    }
}
