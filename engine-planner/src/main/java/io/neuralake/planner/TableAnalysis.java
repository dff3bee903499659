package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.catalog.NearestName;
import io.neuralake.planner.sql.Statement.TableName;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.PartStatistics;
import io.neuralake.spi.catalog.SupportsAnalyze;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.catalog.TableStatistics;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.statistics.ColumnSketches;
import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.statistics.ValueHash;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Does what ANALYZE asks for: reads the parts of a table whose columns have no sketch, or no bounds,
/// and has the table keep what it finds. Parts that have all are not read, so that it costs little to
/// ask again when files have come.
final class TableAnalysis {
    /// A row a column.
    static final Schema SCHEMA =
            Schema.of(
                    new Field("table_name", ScalarType.VARCHAR, false),
                    new Field("column_name", ScalarType.VARCHAR, false),
                    Field.of("row_count", ScalarType.BIGINT),
                    Field.of("null_count", ScalarType.BIGINT),
                    Field.of("distinct_count", ScalarType.BIGINT));

    private final Function<PhysicalPlan, QueryResult> run;

    /// Runs plans by the function.
    TableAnalysis(Function<PhysicalPlan, QueryResult> run) {
        this.run = run;
    }

    /// Returns the table as one that can be analyzed. Throws UNSUPPORTED and COLUMN_NOT_FOUND.
    ///
    /// @param columns names in the table; empty for all
    static SupportsAnalyze checked(TableSnapshot table, List<TableName> columns) {
        columns.forEach(column -> ordinal(table.schema(), column));
        if (table instanceof SupportsAnalyze analyzable) {
            return analyzable;
        }
        throw new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "ANALYZE is not supported by the format of the table: " + table.name().table());
    }

    private static int ordinal(Schema schema, TableName column) {
        String name = column.toString();
        int ignoringCase = -1;
        for (int i = 0; i < schema.size(); i++) {
            if (schema.field(i).name().equals(name)) {
                return i;
            }
            if (schema.field(i).name().equalsIgnoreCase(name)) {
                ignoringCase = i;
            }
        }
        if (ignoringCase >= 0) {
            return ignoringCase;
        }
        List<String> names = schema.fields().stream().map(Field::name).toList();
        throw new NeuralakeException(
                ErrorCode.COLUMN_NOT_FOUND,
                "Column not found: " + name + NearestName.hint(name, names),
                column.position(),
                null);
    }

    /// Analyzes a table.
    void analyze(TableSnapshot table, List<TableName> columns) {
        SupportsAnalyze analyzable = checked(table, columns);
        List<String> wanted =
                columns.stream()
                        .map(column -> table.schema().field(ordinal(table.schema(), column)).name())
                        .toList();
        List<PartStatistics> found = new ArrayList<>();
        for (TableSnapshot part : analyzable.parts()) {
            List<Integer> unknown = unknown(part, wanted);
            if (!unknown.isEmpty()) {
                found.add(statistics(part, unknown));
            }
        }
        if (!found.isEmpty()) {
            analyzable.keep(found);
        }
    }

    /// Returns the columns of a part that are to be read.
    private static List<Integer> unknown(TableSnapshot part, List<String> wanted) {
        List<Integer> unknown = new ArrayList<>();
        for (int i = 0; i < part.schema().size(); i++) {
            Field field = part.schema().field(i);
            boolean isWanted =
                    wanted.isEmpty() || wanted.stream().anyMatch(field.name()::equalsIgnoreCase);
            if (isWanted && ValueHash.isHashed(field.type()) && !isKnown(part, i)) {
                unknown.add(i);
            }
        }
        return unknown;
    }

    private static boolean isKnown(TableSnapshot part, int column) {
        TableStatistics statistics = part.statistics();
        return statistics.rowCount() == 0
                || statistics.column(column).sketch() != null
                        && !Double.isNaN(statistics.column(column).nullCount());
    }

    private PartStatistics statistics(TableSnapshot part, List<Integer> columns) {
        List<Field> fields = columns.stream().map(part.schema()::field).toList();
        ColumnSketches sketches = new ColumnSketches(fields);
        PhysicalPlan scan = scan(part, columns, fields);
        read(scan, sketches::add);
        Map<String, ColumnStatistics> found = new HashMap<>();
        Map<String, List<@Nullable Object>> bounds = bounds(part, columns, fields, scan);
        for (Field field : fields) {
            String name = field.name();
            DistinctSketch sketch = sketches.sketches().get(name);
            List<@Nullable Object> ends = bounds.getOrDefault(name, Arrays.asList(null, null));
            found.put(
                    name,
                    new ColumnStatistics(
                            ends.get(0),
                            ends.get(1),
                            sketches.nulls().getOrDefault(name, 0L),
                            sketch == null ? Double.NaN : sketch.estimate(),
                            Double.NaN,
                            sketch));
        }
        return new PartStatistics(part, sketches.rowCount(), found);
    }

    private static PhysicalPlan scan(
            TableSnapshot part, List<Integer> columns, List<Field> fields) {
        List<ScanColumn> read = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            read.add(new ScanColumn(field.name(), ColumnPath.of(columns.get(i)), field.type()));
        }
        return new PhysicalPlan.TableScan(
                new ScanRequest(part, read, List.of()),
                List.of(),
                List.of(),
                new Schema(fields),
                part.statistics().rowCount());
    }

    private void read(PhysicalPlan plan, java.util.function.Consumer<Batch> use) {
        try (QueryResult result = run.apply(plan)) {
            while (result.take() instanceof ReadResult.Ready ready) {
                try (Batch batch = ready.batch()) {
                    use.accept(batch);
                }
            }
        }
    }

    /// Finds least and greatest values of the columns of which the part does not know them.
    private Map<String, List<@Nullable Object>> bounds(
            TableSnapshot part, List<Integer> columns, List<Field> fields, PhysicalPlan scan) {
        List<Field> output = new ArrayList<>();
        List<PhysicalPlan.AggregateCall> calls = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            ColumnStatistics known = part.statistics().column(columns.get(i));
            boolean isBounded = known.minimum() != null && known.maximum() != null;
            if (!isBounded && field.type() != ScalarType.VARBINARY) {
                names.add(field.name());
                for (String function : List.of("min", "max")) {
                    Field result = Field.of(function + i, field.type());
                    output.add(result);
                    calls.add(
                            new PhysicalPlan.AggregateCall(
                                    function, List.of(i), List.of(), false, -1, List.of(), result));
                }
            }
        }
        Map<String, List<@Nullable Object>> found = new HashMap<>();
        if (!names.isEmpty()) {
            read(
                    new PhysicalPlan.HashAggregate(
                            scan, List.of(), List.of(List.of()), calls, new Schema(output), 1),
                    batch -> {
                        for (int i = 0; i < names.size(); i++) {
                            found.put(
                                    names.get(i),
                                    Arrays.asList(
                                            batch.column(2 * i).value(0),
                                            batch.column(2 * i + 1).value(0)));
                        }
                    });
        }
        return found;
    }

    /// Says what is known of a table's columns.
    List<List<@Nullable Object>> rows(TableSnapshot table, List<TableName> columns) {
        List<Integer> ordinals = new ArrayList<>();
        columns.forEach(column -> ordinals.add(ordinal(table.schema(), column)));
        if (columns.isEmpty()) {
            for (int i = 0; i < table.schema().size(); i++) {
                ordinals.add(i);
            }
        }
        TableStatistics statistics = table.statistics();
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int ordinal : ordinals) {
            ColumnStatistics column = statistics.column(ordinal);
            rows.add(
                    Arrays.asList(
                            table.name().table(),
                            table.schema().field(ordinal).name(),
                            whole(statistics.rowCount()),
                            whole(column.nullCount()),
                            whole(column.distinctCount())));
        }
        return rows;
    }

    private static @Nullable Long whole(double count) {
        return Double.isNaN(count) ? null : Math.round(count);
    }
}
