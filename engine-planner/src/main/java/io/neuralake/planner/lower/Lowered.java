package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.rel.type.RelDataType;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A plan for a relation, and where the relation's columns are in it.
record Lowered(PhysicalPlan plan, Layout layout) {
    /// Reads a column.
    RowExpression read(FieldPath path) {
        return layout.read(path, plan.schema());
    }

    /// Drops columns that are not used, if there are any.
    Lowered narrow(Uses uses) {
        if (plan.schema().size() == uses.paths().size()
                && uses.paths().stream().allMatch(layout::has)) {
            return this;
        }
        List<RowExpression> expressions = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        for (FieldPath path : uses.paths()) {
            positions.put(path, fields.size());
            expressions.add(read(path));
            fields.add(field(path));
        }
        return new Lowered(
                Projections.of(plan, expressions, new Schema(fields)), new Layout(positions));
    }

    private Field field(FieldPath path) {
        RowExpression value = read(path);
        if (value instanceof InputRef reference) {
            return plan.schema().field(reference.column());
        }
        return Field.of("m" + path.column(), value.type());
    }

    /// Puts all columns of a row type at their places, under its names.
    PhysicalPlan arranged(RelDataType rowType) {
        Schema wanted = io.neuralake.planner.rel.TypeMapping.toSchema(rowType);
        List<RowExpression> expressions = new ArrayList<>();
        boolean identity = plan.schema().size() == wanted.size();
        for (int i = 0; i < wanted.size(); i++) {
            RowExpression value = Casts.to(read(FieldPath.of(i)), wanted.field(i).type());
            expressions.add(value);
            identity &=
                    value instanceof InputRef reference
                            && reference.column() == i
                            && plan.schema().field(i).equals(wanted.field(i));
        }
        return identity ? plan : Projections.of(plan, expressions, wanted);
    }
}
