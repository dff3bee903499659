package io.neuralake.server.sql;

import io.neuralake.exec.QueryResult;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlEngine;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.output.ResultWriter;
import io.neuralake.spi.arrow.ArrowBatchWriter;
import io.neuralake.spi.arrow.ArrowTypes;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// Runs statements in this process.
public final class EmbeddedTarget implements SqlTarget {
    private static final int MESSAGE_ROWS = 16_384;

    private final SqlEngine engine;
    private final SqlSession session;
    private final String description;
    private final AutoCloseable owned;
    private final BufferAllocator allocator = new RootAllocator();
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
        PreparedSql prepared = engine.prepare(sql, session);
        long rows = 0;
        try (QueryResult result = prepared.execute(session, List.of());
                ArrowBatchWriter arrow = new ArrowBatchWriter(result.schema(), allocator);
                VectorSchemaRoot root = arrow.newRoot(ArrowTypes.schema(result.schema()))) {
            running = result;
            writer.begin(root.getSchema());
            while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                try (batch) {
                    arrow.append(batch);
                }
                if (arrow.rowCount() >= MESSAGE_ROWS) {
                    rows += flush(arrow, root, writer);
                }
            }
            rows += flush(arrow, root, writer);
            writer.end();
        } finally {
            running = null;
        }
        return rows;
    }

    private static long flush(ArrowBatchWriter arrow, VectorSchemaRoot root, ResultWriter writer)
            throws IOException {
        if (arrow.rowCount() == 0) {
            return 0;
        }
        arrow.flush(root);
        writer.batch(root);
        return root.getRowCount();
    }

    @Override
    public List<String> firstColumn(String sql) {
        FirstColumnWriter writer = new FirstColumnWriter();
        try {
            run(sql, writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writer.values();
    }

    @Override
    public List<String> split(String script) {
        return engine.split(script);
    }

    @Override
    public void cancel() {
        QueryResult result = running;
        if (result != null) {
            result.cancel();
        }
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
