package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.cost.RelationEstimate;
import io.neuralake.planner.rel.LakeTable;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rel.core.Filter;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lowers scans with the filters right above them. Conditions become exact filters of the scan and,
/// as far as they can, predicates by which it skips files, row groups and pages.
final class ScanLowering {
    private final Lowering lowering;
    private final TableScan scan;
    private final TableSnapshot table;

    ScanLowering(Lowering lowering, TableScan scan) {
        this.lowering = lowering;
        this.scan = scan;
        LakeTable lakeTable = scan.getTable().unwrap(LakeTable.class);
        if (lakeTable == null) {
            throw new IllegalStateException("Table of another kind: " + scan.getTable());
        }
        this.table = lakeTable.snapshot();
    }

    Lowered lower(Uses uses) {
        return scan(uses, List.of(), lowering.rows(scan));
    }

    Lowered lower(Filter filter, Uses uses) {
        List<RexNode> conjuncts = RelOptUtil.conjunctions(filter.getCondition());
        boolean fixed = conjuncts.stream().anyMatch(c -> !RexUtil.isDeterministic(c));
        if (fixed) {
            Lowered input =
                    scan(Uses.copyOf(uses).addAll(conjuncts), List.of(), lowering.rows(scan));
            RowExpression condition =
                    RexToRowExpression.over(input).translate(filter.getCondition());
            return new Lowered(
                    new PhysicalPlan.Filter(input.plan(), condition, lowering.rows(filter)),
                    input.layout());
        }
        Uses read = Uses.copyOf(uses).addAll(conjuncts);
        return scan(read, ordered(conjuncts), lowering.rows(filter)).narrow(uses);
    }

    /// Orders conditions so that cheap ones that keep few rows come first.
    private List<RexNode> ordered(List<RexNode> conjuncts) {
        RelationEstimate rows = lowering.estimator().of(scan);
        Map<RexNode, Double> ranks = new LinkedHashMap<>();
        for (RexNode conjunct : conjuncts) {
            double kept = lowering.estimator().selectivity().selectivity(rows, conjunct);
            ranks.put(conjunct, (kept - 1) / cost(conjunct));
        }
        List<RexNode> result = new ArrayList<>(conjuncts);
        result.sort(Comparator.comparingDouble(ranks::get));
        return result;
    }

    private static double cost(RexNode conjunct) {
        return switch (conjunct.getKind()) {
            case LIKE, SIMILAR, RLIKE, OTHER_FUNCTION -> 10;
            case OR, NOT -> 4;
            case SEARCH -> 2;
            default -> conjunct.isA(SqlKind.COMPARISON) ? 1 : 2;
        };
    }

    private Lowered scan(Uses uses, List<RexNode> conjuncts, double rows) {
        List<ScanColumn> columns = new ArrayList<>();
        List<Field> fields = new ArrayList<>();
        Map<FieldPath, Integer> positions = new LinkedHashMap<>();
        for (FieldPath path : uses.paths()) {
            Field field = field(path);
            positions.put(path, columns.size());
            columns.add(new ScanColumn(field.name(), columnPath(path), field.type()));
            fields.add(field);
        }
        Layout layout = new Layout(positions);
        Schema schema = new Schema(fields);
        RexToRowExpression translator = new RexToRowExpression(path -> layout.read(path, schema));
        List<RowExpression> filters = new ArrayList<>();
        List<ScanPredicate> predicates = new ArrayList<>();
        for (RexNode conjunct : conjuncts) {
            RowExpression filter = translator.translate(conjunct);
            filters.add(filter);
            new ScanPredicates(columns, table.schema()).of(filter).ifPresent(predicates::add);
        }
        return new Lowered(
                new PhysicalPlan.TableScan(
                        new ScanRequest(table, columns, predicates),
                        filters,
                        List.of(),
                        schema,
                        rows),
                layout);
    }

    private Field field(FieldPath path) {
        Field field = table.schema().field(path.column());
        String name = field.name();
        boolean nullable = field.nullable();
        for (int member : path.members()) {
            field = ((StructType) field.type()).fields().get(member);
            name = name + "." + field.name();
            nullable |= field.nullable();
        }
        return new Field(name, field.type(), nullable);
    }

    private ColumnPath columnPath(FieldPath path) {
        List<String> members = new ArrayList<>();
        Field field = table.schema().field(path.column());
        for (int member : path.members()) {
            field = ((StructType) field.type()).fields().get(member);
            members.add(field.name());
        }
        return new ColumnPath(path.column(), members);
    }
}
