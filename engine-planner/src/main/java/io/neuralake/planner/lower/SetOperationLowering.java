package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.BoundKind;
import io.neuralake.exec.plan.PhysicalPlan.Exclusion;
import io.neuralake.exec.plan.PhysicalPlan.Frame;
import io.neuralake.exec.plan.PhysicalPlan.FrameBound;
import io.neuralake.exec.plan.PhysicalPlan.FrameUnit;
import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.plan.PhysicalPlan.WindowCall;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Intersect;
import org.apache.calcite.rel.core.SetOp;
import org.apache.calcite.rel.core.Union;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Lowers UNION, INTERSECT and EXCEPT. The latter two are semi and anti joins in which nulls are
/// equal; with ALL, equal rows are numbered first, so that each is matched by one other at most.
final class SetOperationLowering {
    private static final Frame WHOLE =
            new Frame(
                    FrameUnit.ROWS,
                    new FrameBound(BoundKind.UNBOUNDED_PRECEDING, -1),
                    new FrameBound(BoundKind.CURRENT_ROW, -1),
                    Exclusion.NO_OTHERS);

    private final Lowering lowering;
    private final SetOp setOp;

    SetOperationLowering(Lowering lowering, SetOp setOp) {
        this.lowering = lowering;
        this.setOp = setOp;
    }

    Lowered lower(Uses uses) {
        if (setOp instanceof Union) {
            return union(uses);
        }
        Uses all = Uses.all(setOp);
        PhysicalPlan plan = input(setOp.getInput(0), all);
        double rows = lowering.rows(setOp);
        for (RelNode other : setOp.getInputs().subList(1, setOp.getInputs().size())) {
            plan = filtered(plan, input(other, all), rows);
        }
        int width = setOp.getRowType().getFieldCount();
        if (!setOp.all) {
            plan = distinct(plan, rows);
        }
        return new Lowered(plan, Layout.identity(width));
    }

    private Lowered union(Uses uses) {
        Uses columns = setOp.all ? Uses.none().addColumns(uses.columns()) : Uses.all(setOp);
        List<PhysicalPlan> inputs = new ArrayList<>();
        for (RelNode input : setOp.getInputs()) {
            inputs.add(input(input, columns));
        }
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        columns.paths().forEach(path -> positions.put(path, positions.size()));
        Schema schema = schema(columns, inputs);
        double rows = inputs.stream().mapToDouble(PhysicalPlan::estimatedRows).sum();
        PhysicalPlan plan = new PhysicalPlan.Union(inputs, schema, rows);
        return new Lowered(
                setOp.all ? plan : distinct(plan, lowering.rows(setOp)), new Layout(positions));
    }

    private Schema schema(Uses columns, List<PhysicalPlan> inputs) {
        List<Field> fields = new ArrayList<>();
        for (int column : columns.columns()) {
            int position = fields.size();
            boolean nullable = inputs.stream().anyMatch(i -> i.schema().field(position).nullable());
            fields.add(
                    new Field(
                            setOp.getRowType().getFieldNames().get(column),
                            inputs.getFirst().schema().field(position).type(),
                            nullable));
        }
        return new Schema(fields);
    }

    /// Lowers an input with the result's types.
    private PhysicalPlan input(RelNode rel, Uses columns) {
        Lowered lowered = lowering.lower(rel, columns);
        List<RowExpression> expressions = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        boolean identity = lowered.plan().schema().size() == columns.paths().size();
        for (FieldPath path : columns.paths()) {
            var wanted = setOp.getRowType().getFieldList().get(path.column());
            var type = TypeMapping.toType(wanted.getType());
            RowExpression value = lowered.read(path);
            RowExpression cast = Casts.to(value, type);
            boolean plain =
                    cast.equals(value)
                            && value instanceof RowExpression.InputRef reference
                            && reference.column() == fields.size();
            boolean nullable =
                    !cast.equals(value)
                            || !(value instanceof RowExpression.InputRef reference)
                            || lowered.plan().schema().field(reference.column()).nullable();
            identity &= plain;
            expressions.add(cast);
            fields.add(new Field(wanted.getName(), type, nullable));
        }
        return identity
                ? lowered.plan()
                : new PhysicalPlan.Project(lowered.plan(), expressions, new Schema(fields));
    }

    private static PhysicalPlan distinct(PhysicalPlan input, double rows) {
        List<Integer> keys = IntStream.range(0, input.schema().size()).boxed().toList();
        return new PhysicalPlan.HashAggregate(
                input, keys, List.of(keys), List.of(), input.schema(), rows);
    }

    private PhysicalPlan filtered(PhysicalPlan left, PhysicalPlan right, double rows) {
        PhysicalPlan probe = setOp.all ? numbered(left) : left;
        PhysicalPlan build = setOp.all ? numbered(right) : right;
        List<Integer> keys = IntStream.range(0, probe.schema().size()).boxed().toList();
        return new PhysicalPlan.HashJoin(
                probe,
                build,
                setOp instanceof Intersect ? JoinType.SEMI : JoinType.ANTI,
                keys,
                keys,
                Collections.nCopies(keys.size(), true),
                Literal.TRUE,
                keys.subList(0, left.schema().size()),
                List.of(),
                rows);
    }

    private static PhysicalPlan numbered(PhysicalPlan input) {
        List<Integer> keys = IntStream.range(0, input.schema().size()).boxed().toList();
        Field number = new Field("number", ScalarType.BIGINT, false);
        List<Field> fields = new ArrayList<>(input.schema().fields());
        fields.add(number);
        WindowCall call =
                new WindowCall("row_number", List.of(), List.of(), false, -1, false, WHOLE, number);
        return new PhysicalPlan.Window(input, keys, List.of(), List.of(call), new Schema(fields));
    }
}
