package io.neuralake.planner.lower;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.TableScan;

/// Lowers WITH RECURSIVE.
final class RecursionLowering {
    /// How many times the seed's rows the result is thought to have.
    private static final double ASSUMED_ROUNDS = 10;

    private final Lowering lowering;
    private final RepeatUnion recursion;

    RecursionLowering(Lowering lowering, RepeatUnion recursion) {
        this.lowering = lowering;
        this.recursion = recursion;
    }

    Lowered lower() {
        RelNode seed = recursion.getSeedRel();
        Schema schema = schema(seed);
        checkTypes(schema);
        PhysicalPlan first = lowering.lower(seed, Uses.all(seed)).arranged(seed.getRowType());
        double rows = lowering.rows(seed);
        WorkTables.WorkTable table = lowering.workTables().open(recursion, rows);
        try {
            RelNode step = recursion.getIterativeRel();
            PhysicalPlan repeated =
                    lowering.lower(step, Uses.all(step)).arranged(seed.getRowType());
            return new Lowered(
                    new PhysicalPlan.RecursiveUnion(
                            table.id(),
                            first,
                            repeated,
                            !recursion.all,
                            schema,
                            rows * ASSUMED_ROUNDS),
                    Layout.identity(schema.size()));
        } finally {
            lowering.workTables().close();
        }
    }

    /// Lowers a scan of the work table.
    static Lowered workTable(Lowering lowering, TableScan scan) {
        WorkTables.WorkTable table = lowering.workTables().of(scan);
        Schema schema = nullable(TypeMapping.toSchema(scan.getRowType()));
        return new Lowered(
                new PhysicalPlan.WorkTableScan(table.id(), schema, table.rows()),
                Layout.identity(schema.size()));
    }

    private Schema schema(RelNode seed) {
        return nullable(TypeMapping.toSchema(seed.getRowType()));
    }

    /// Any round may bring nulls.
    private static Schema nullable(Schema schema) {
        return new Schema(schema.fields().stream().map(f -> Field.of(f.name(), f.type())).toList());
    }

    /// The first part gives the types: a step that needs wider ones would lose what they hold.
    private void checkTypes(Schema seed) {
        Schema all = TypeMapping.toSchema(recursion.getRowType());
        for (int i = 0; i < seed.size(); i++) {
            if (!seed.field(i).type().equals(all.field(i).type())) {
                throw new NeuralakeException(
                        ErrorCode.TYPE_MISMATCH,
                        "Recursive query has column "
                                + all.field(i).name()
                                + " of type "
                                + seed.field(i).type()
                                + " in its first part but of type "
                                + all.field(i).type()
                                + " overall; cast it in the first part");
            }
        }
    }
}
