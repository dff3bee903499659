package io.neuralake.planner.write;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.LocalQueryEngine;
import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.LakeSqlEngine;
import io.neuralake.planner.RelOptimizer;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.catalog.MemoryTable;
import io.neuralake.planner.write.SourceFiles.SourceFile;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.function.TableFunction;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The real engine over [MemoryLake].
final class WriteFixture implements AutoCloseable {
    /// How many queries were planned.
    int plans;

    final MemoryLake lake = new MemoryLake();
    final List<SourceFile> files = new ArrayList<>();
    final LocalQueryEngine queries = new LocalQueryEngine(EngineSettings.defaults().withThreads(2));
    final LakeSqlEngine engine =
            new LakeSqlEngine(
                    List.of(lake),
                    List.of(new ReadParquet()),
                    _ -> lake.table("main", "none").orElseThrow(),
                    (root, settings) -> {
                        plans++;
                        return new RelOptimizer().plan(root, settings);
                    },
                    queries,
                    _ -> files);
    final SqlSession session = new SqlSession("ada");

    /// Files hold one row: their size.
    private static final class ReadParquet implements TableFunction {
        @Override
        public String name() {
            return "read_parquet";
        }

        @Override
        public TableSnapshot bind(List<Object> arguments, Map<String, Object> named) {
            String path = (String) arguments.getFirst();
            return new MemoryTable(
                    new QualifiedName("lake", "main", path),
                    Schema.of(
                            Field.of("id", ScalarType.INTEGER),
                            Field.of("name", ScalarType.VARCHAR)),
                    List.of(List.of((long) path.length(), path)));
        }
    }

    /// Runs a statement and returns its rows.
    List<List<@Nullable Object>> run(String sql, Literal... parameters) {
        return run(session, sql, parameters);
    }

    List<List<@Nullable Object>> run(SqlSession by, String sql, Literal... parameters) {
        try (QueryResult result = engine.prepare(sql, by).execute(by, List.of(parameters))) {
            return rows(result);
        }
    }

    static List<List<@Nullable Object>> rows(QueryResult result) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        while (result.take() instanceof ReadResult.Ready(Batch batch)) {
            try (batch) {
                for (int i = 0; i < batch.rowCount(); i++) {
                    if (batch.selection() == null || Bitmap.get(batch.selection().segment(), i)) {
                        List<@Nullable Object> row = new ArrayList<>();
                        batch.columns().forEach(_ -> row.add(null));
                        for (int c = 0; c < row.size(); c++) {
                            row.set(c, batch.column(c).value(i));
                        }
                        rows.add(row);
                    }
                }
            }
        }
        return rows;
    }

    /// Runs a statement and returns how many rows it changed.
    long count(String sql, Literal... parameters) {
        return (Long) run(sql, parameters).getFirst().getFirst();
    }

    /// Returns the rows of a query as text.
    List<String> texts(String sql) {
        return run(sql).stream()
                .map(row -> String.join("|", row.stream().map(String::valueOf).toList()))
                .toList();
    }

    /// Expects a statement to fail, and returns its error.
    NeuralakeException fails(String sql, Literal... parameters) {
        return Assertions.catchThrowableOfType(
                NeuralakeException.class, () -> run(sql, parameters));
    }

    @Override
    public void close() {
        Assertions.assertThat(queries.reservedBytes()).isZero();
        queries.close();
    }
}
