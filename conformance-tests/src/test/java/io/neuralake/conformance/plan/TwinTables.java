package io.neuralake.conformance.plan;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.LocalQueryEngine;
import io.neuralake.exec.QueryResult;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.LakeSqlEngine;
import io.neuralake.planner.PlannerSettings;
import io.neuralake.planner.RelOptimizer;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.MemoryTable;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.calcite.rel.RelRoot;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Tables of equal rows in this engine and in DuckDB, which answer the same SQL.
final class TwinTables implements AutoCloseable, Catalog {
    private final Map<String, TableSnapshot> tables = new LinkedHashMap<>();
    private final LocalQueryEngine queries = new LocalQueryEngine(new EngineSettings(2, 1L << 30));
    private final LakeSqlEngine engine;
    private final LakeSqlEngine plainEngine;
    private final Connection duckDb;

    TwinTables() throws SQLException {
        engine =
                new LakeSqlEngine(
                        List.of(this), List.of(), TwinTables::noFile, new RelOptimizer(), queries);
        plainEngine =
                new LakeSqlEngine(
                        List.of(this), List.of(), TwinTables::noFile, TwinTables::plain, queries);
        duckDb = DriverManager.getConnection("jdbc:duckdb:");
    }

    private static PhysicalPlan plain(RelRoot root, PlannerSettings settings) {
        return new RelOptimizer().plan(root, new PlannerSettings(settings.zoneId(), false));
    }

    private static TableSnapshot noFile(String path) {
        throw new NeuralakeException(ErrorCode.FILE_NOT_FOUND, "File not found: " + path);
    }

    /// Makes a table in both. Values are Long, Double, String, List of these or null.
    void add(String name, Schema schema, List<List<Object>> rows) throws SQLException {
        QualifiedName qualified = new QualifiedName("lake", "main", name);
        tables.put(name, new MemoryTable(qualified, schema, rows));
        String columns =
                schema.fields().stream()
                        .map(TwinTables::definition)
                        .collect(Collectors.joining(", "));
        try (Statement statement = duckDb.createStatement()) {
            statement.execute("CREATE TABLE " + name + " (" + columns + ")");
            for (List<Object> row : rows) {
                String values =
                        row.stream().map(TwinTables::literal).collect(Collectors.joining(", "));
                statement.execute("INSERT INTO " + name + " VALUES (" + values + ")");
            }
        }
    }

    private static String definition(Field field) {
        return field.name() + " " + field.type().sql() + (field.nullable() ? "" : " NOT NULL");
    }

    private static String literal(Object value) {
        return switch (value) {
            case null -> "NULL";
            case String s -> "'" + s + "'";
            case List<?> list ->
                    list.stream()
                            .map(TwinTables::literal)
                            .collect(Collectors.joining(", ", "[", "]"));
            default -> value.toString();
        };
    }

    /// Runs a query here; rows as sorted texts.
    List<String> rows(String sql) {
        return rows(engine, sql);
    }

    /// Runs a query with only those passes without which it cannot run.
    List<String> rowsWithoutOptimization(String sql) {
        return rows(plainEngine, sql);
    }

    /// Returns the lines of the plan of a query.
    List<String> plan(String sql) {
        return unsorted(engine, "explain " + sql);
    }

    private static List<String> rows(LakeSqlEngine engine, String sql) {
        List<String> rows = unsorted(engine, sql);
        rows.sort(null);
        return rows;
    }

    private static List<String> unsorted(LakeSqlEngine engine, String sql) {
        List<String> rows = new ArrayList<>();
        SqlSession session = new SqlSession("test");
        try (QueryResult result = engine.prepare(sql, session).execute(session, List.of())) {
            while (result.take() instanceof ReadResult.Ready ready) {
                try (Batch batch = ready.batch()) {
                    collect(batch, rows);
                }
            }
        }
        return rows;
    }

    private static void collect(Batch batch, List<String> rows) {
        DataBuffer selection = batch.selection();
        for (int row = 0; row < batch.rowCount(); row++) {
            if (selection == null || Bitmap.get(selection.segment(), row)) {
                List<String> values = new ArrayList<>();
                for (int i = 0; i < batch.columnCount(); i++) {
                    values.add(text(batch.column(i).value(row)));
                }
                rows.add(String.join("|", values));
            }
        }
    }

    /// Runs a query in DuckDB; rows as sorted texts.
    List<String> expected(String sql) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Statement statement = duckDb.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> values = new ArrayList<>();
                for (int i = 1; i <= columns; i++) {
                    values.add(text(result.getObject(i)));
                }
                rows.add(String.join("|", values));
            }
        }
        rows.sort(null);
        return rows;
    }

    private static String text(Object value) {
        return switch (value) {
            case null -> "NULL";
            case BigDecimal d -> number(d);
            case Double d when Double.isFinite(d) -> rounded(d);
            case Float f -> rounded(f);
            case Number n -> number(new BigDecimal(n.toString()));
            case List<?> list ->
                    list.stream().map(TwinTables::text).collect(Collectors.joining(",", "[", "]"));
            case java.sql.Array array -> array(array);
            default -> value.toString();
        };
    }

    private static String array(java.sql.Array array) {
        try {
            return text(List.of((Object[]) array.getArray()));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String rounded(double value) {
        return number(new BigDecimal(String.format(Locale.ROOT, "%.9e", value)));
    }

    private static String number(BigDecimal value) {
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    @Override
    public String name() {
        return "lake";
    }

    @Override
    public List<String> schemas() {
        return List.of("main");
    }

    @Override
    public List<String> tables(String schema) {
        return List.copyOf(tables.keySet());
    }

    @Override
    public Optional<TableSnapshot> table(String schema, String table) {
        return Optional.ofNullable(tables.get(table.toLowerCase(Locale.ROOT)));
    }

    @Override
    public void close() throws SQLException {
        duckDb.close();
        queries.close();
    }
}
