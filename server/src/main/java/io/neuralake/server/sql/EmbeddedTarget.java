package io.neuralake.server.sql;

import io.neuralake.exec.QueryResult;
import io.neuralake.planner.Cancellation;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlEngine;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.output.ResultWriter;
import io.neuralake.spi.arrow.ArrowBatchWriter;
import io.neuralake.spi.arrow.ArrowTypes;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.connector.ScanMetrics;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/// Runs statements in this process.
public final class EmbeddedTarget implements SqlTarget {
    private static final int MESSAGE_ROWS = 16_384;
    private static final String ROWS_READ =
            ScanMetrics.Counter.ROWS_READ.name().toLowerCase(Locale.ROOT);

    private final SqlEngine engine;
    private final SqlSession session;
    private final String description;
    private final AutoCloseable owned;
    private final BufferAllocator allocator = new RootAllocator();
    private final StatementInProgress statement = new StatementInProgress();
    private volatile @Nullable QueryResult running;

    /// Runs on `engine`.
    ///
    /// @param owned closed with this target
    public EmbeddedTarget(
            SqlEngine engine, SqlSession session, String description, AutoCloseable owned) {
        this.engine = engine;
        this.session = session;
        this.description = description;
        this.owned = owned;
    }

    @Override
    public long run(String sql, ResultWriter writer) throws IOException {
        statement.begin();
        try {
            Cancellation cancellation = new Cancellation();
            statement.stoppedBy(cancellation::cancel);
            PreparedSql prepared = engine.prepare(sql, session).atOnce();
            try (QueryResult result =
                    prepared.execute(session.cancelledBy(cancellation), List.of())) {
                running = result;
                return prepared.isUpdate() ? changed(result, writer) : copy(result, writer);
            }
        } finally {
            running = null;
            statement.end();
        }
    }

    private static long changed(QueryResult result, ResultWriter writer) throws IOException {
        long count = 0;
        while (result.take() instanceof ReadResult.Ready(Batch batch)) {
            try (batch) {
                if (batch.rowCount() > 0 && batch.column(0).value(0) instanceof Long rows) {
                    count += rows;
                }
            }
        }
        writer.changed(count);
        return count;
    }

    private long copy(QueryResult result, ResultWriter writer) throws IOException {
        long rows = 0;
        List<Field> columns = ArrowTypes.fields(result.schema());
        List<FieldVector> vectors = new ArrayList<>();
        try (ArrowBatchWriter arrow = new ArrowBatchWriter(result.schema(), allocator)) {
            for (Field column : columns) {
                vectors.add(column.createVector(allocator));
            }
            writer.begin(columns);
            while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                try (batch) {
                    arrow.append(batch);
                }
                if (arrow.rowCount() >= MESSAGE_ROWS) {
                    rows += flush(arrow, vectors, writer);
                }
            }
            rows += flush(arrow, vectors, writer);
            writer.end();
        } finally {
            vectors.forEach(FieldVector::close);
        }
        return rows;
    }

    private static long flush(
            ArrowBatchWriter arrow, List<FieldVector> vectors, ResultWriter writer)
            throws IOException {
        int rows = arrow.rowCount();
        if (rows > 0) {
            arrow.flush(vectors);
            writer.batch(vectors, rows);
        }
        return rows;
    }

    @Override
    public void cancel() {
        statement.cancel();
    }

    @Override
    public OptionalLong rowsRead() {
        QueryResult result = running;
        if (result == null) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(
                result.statistics().operators().stream()
                        .mapToLong(o -> o.details().getOrDefault(ROWS_READ, 0L))
                        .sum());
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public void close() {
        try {
            owned.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Cannot close the engine", e);
        } finally {
            allocator.close();
        }
    }
}
