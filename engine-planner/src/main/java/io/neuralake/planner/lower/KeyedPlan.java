package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.List;

/// A plan whose join keys are columns; keys that are computed are added as columns.
record KeyedPlan(Lowered lowered, List<Integer> keys) {
    static KeyedPlan of(Lowered side, List<RowExpression> keys) {
        List<Integer> positions = new ArrayList<>();
        List<Field> fields = new ArrayList<>(side.plan().schema().fields());
        List<RowExpression> expressions = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            expressions.add(new InputRef(i, fields.get(i).type()));
        }
        int width = fields.size();
        for (RowExpression key : keys) {
            if (key instanceof InputRef reference) {
                positions.add(reference.column());
            } else {
                positions.add(fields.size());
                fields.add(Field.of("key" + positions.size(), key.type()));
                expressions.add(key);
            }
        }
        PhysicalPlan plan =
                fields.size() == width
                        ? side.plan()
                        : new PhysicalPlan.Project(side.plan(), expressions, new Schema(fields));
        return new KeyedPlan(new Lowered(plan, side.layout()), positions);
    }

    PhysicalPlan plan() {
        return lowered.plan();
    }

    Layout layout() {
        return lowered.layout();
    }
}
