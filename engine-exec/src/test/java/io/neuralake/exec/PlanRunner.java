package io.neuralake.exec;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.connector.ReadResult;

import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Runs plans in tests under every batch size and number of workers, and checks for leaks.
public final class PlanRunner {
    private PlanRunner() {}

    /// Batch rows and workers.
    public record Shape(int batchRows, int threads) {
        /// Options of this shape.
        public QueryOptions options() {
            return new QueryOptions(List.of(), Long.MAX_VALUE, 0, batchRows, true, ZoneOffset.UTC);
        }
    }

    /// The matrix of HOUSE-STYLE.
    public static Stream<Shape> shapes() {
        return Stream.of(1, 7, QueryOptions.DEFAULT_BATCH_ROWS)
                .flatMap(rows -> Stream.of(new Shape(rows, 1), new Shape(rows, 4)));
    }

    /// Makes an engine of some workers and half a gigabyte.
    public static LocalQueryEngine engine(int threads) {
        return new LocalQueryEngine(new EngineSettings(threads, 512L << 20));
    }

    /// Returns all rows of a plan and checks that nothing leaked.
    public static List<List<Object>> run(PhysicalPlan plan, Shape shape) {
        try (LocalQueryEngine engine = engine(shape.threads())) {
            List<List<Object>> rows;
            try (QueryResult result = engine.execute(plan, shape.options())) {
                rows = drain(result);
            }
            if (engine.reservedBytes() != 0) {
                throw new AssertionError("Bytes left: " + engine.reservedBytes());
            }
            return rows;
        }
    }

    /// Returns the rows that are left of a result.
    public static List<List<Object>> drain(QueryResult result) {
        List<List<Object>> rows = new ArrayList<>();
        while (result.take() instanceof ReadResult.Ready ready) {
            try (Batch batch = ready.batch()) {
                addRows(batch, rows);
            }
        }
        return rows;
    }

    /// Adds the selected rows of a batch.
    public static void addRows(Batch batch, List<List<Object>> rows) {
        for (int i = 0; i < batch.rowCount(); i++) {
            if (batch.selection() == null || Bitmap.get(batch.selection().segment(), i)) {
                Object[] row = new Object[batch.columnCount()];
                for (int c = 0; c < row.length; c++) {
                    row[c] = batch.column(c).value(i);
                }
                rows.add(Arrays.asList(row));
            }
        }
    }
}
