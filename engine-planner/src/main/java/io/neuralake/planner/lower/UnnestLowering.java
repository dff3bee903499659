package io.neuralake.planner.lower;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.rel.LateralUnnest;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lowers unnests: only the input columns that are read further up are repeated.
final class UnnestLowering {
    private UnnestLowering() {}

    static Lowered lower(Lowering lowering, LateralUnnest unnest, Uses uses) {
        int width = unnest.getInput().getRowType().getFieldCount();
        Uses keptUses = Uses.none();
        for (FieldPath path : uses.paths()) {
            if (path.column() < width) {
                keptUses.add(path);
            }
        }
        Uses read = Uses.copyOf(keptUses).addColumns(unnest.lists());
        Lowered input = lowering.lower(unnest.getInput(), read).narrow(read);
        List<Integer> kept = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        for (Map.Entry<FieldPath, Integer> entry : input.layout().positions().entrySet()) {
            boolean isRead = keptUses.paths().stream().anyMatch(entry.getKey()::covers);
            if (isRead) {
                positions.put(entry.getKey(), kept.size());
                kept.add(entry.getValue());
                fields.add(input.plan().schema().field(entry.getValue()));
            }
        }
        Schema all = TypeMapping.toSchema(unnest.getRowType());
        for (int column = width; column < all.size(); column++) {
            positions.put(FieldPath.of(column), fields.size());
            fields.add(all.field(column));
        }
        List<Integer> lists = unnest.lists().stream().map(input.layout()::position).toList();
        return new Lowered(
                new PhysicalPlan.Unnest(
                        input.plan(),
                        kept,
                        lists,
                        unnest.ordinality(),
                        unnest.outer(),
                        new Schema(fields),
                        lowering.rows(unnest)),
                new Layout(positions));
    }
}
