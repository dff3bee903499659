package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.function.TableFunction;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An engine over [FakeCatalog] that plans and runs by [FakeExecution].
final class PlannerFixture {
    final FakeCatalog catalog = FakeCatalog.lake();
    final FakeExecution execution = new FakeExecution();
    final List<String> bound = new ArrayList<>();
    final SqlSession session = new SqlSession("ada");
    final LakeSqlEngine engine =
            new LakeSqlEngine(
                    List.of(catalog), List.of(new ReadNation()), this::file, execution, execution);

    private TableSnapshot file(String path) {
        if (path.startsWith("missing")) {
            throw new NeuralakeException(ErrorCode.FILE_NOT_FOUND, "File not found: " + path);
        }
        return catalog.table("main", "nation").orElseThrow();
    }

    private final class ReadNation implements TableFunction {
        @Override
        public String name() {
            return "read_parquet";
        }

        @Override
        public TableSnapshot bind(List<Object> arguments, Map<String, Object> named) {
            bound.add(arguments + " " + named);
            return catalog.table("main", "nation").orElseThrow();
        }
    }

    PreparedSql prepare(String sql) {
        return engine.prepare(sql, session);
    }

    /// Runs a statement and returns the rows of the VALUES that it became.
    List<List<Object>> rows(String sql, Literal... parameters) {
        try (QueryResult result = prepare(sql).execute(session, List.of(parameters))) {
            return result.take() instanceof ReadResult.Ready(Batch batch)
                    ? values(batch)
                    : execution.lastRows();
        }
    }

    private static List<List<Object>> values(Batch batch) {
        try (batch) {
            List<List<Object>> rows = new ArrayList<>();
            for (int i = 0; i < batch.rowCount(); i++) {
                List<Object> row = new ArrayList<>();
                for (Column column : batch.columns()) {
                    row.add(column.value(i));
                }
                rows.add(row);
            }
            return rows;
        }
    }

    /// Returns the types of a query's columns.
    List<String> types(String sql) {
        return prepare(sql).schema().fields().stream().map(Field::type).map(Type::sql).toList();
    }

    /// Returns the names of a query's columns.
    List<String> names(String sql) {
        return prepare(sql).schema().fields().stream().map(Field::name).toList();
    }
}
