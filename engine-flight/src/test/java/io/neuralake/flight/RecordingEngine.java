package io.neuralake.flight;

import io.neuralake.exec.QueryResult;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlEngine;
import io.neuralake.planner.SqlSession;
import io.neuralake.planner.write.IngestRequest;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.catalog.Catalog;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/// Knows no tables: remembers the updates that it is told to run, in which transaction, with which
/// values, and what bulk loads bring. Each `?` of a statement is a BIGINT.
final class RecordingEngine implements SqlEngine {
    private static final Schema COUNT = Schema.of(new Field("count", ScalarType.BIGINT, false));

    final List<String> done = new CopyOnWriteArrayList<>();
    final List<String> prepared = new CopyOnWriteArrayList<>();
    final List<IngestRequest> loads = new CopyOnWriteArrayList<>();

    /// What the next load waits for before it reads; and after how many batches it fails.
    volatile CountDownLatch mayRead = new CountDownLatch(0);

    /// Counted down when `WAIT` runs, which ends only when it is cancelled.
    final CountDownLatch waiting = new CountDownLatch(1);

    /// Runs once, before the next statement does.
    volatile Runnable beforeRun = () -> {};

    volatile int failAfter = Integer.MAX_VALUE;

    @Override
    public List<Catalog> catalogs() {
        return List.of();
    }

    @Override
    public PreparedSql prepare(String sql, SqlSession session) {
        prepared.add(sql + where(session));
        return new Update(sql);
    }

    @Override
    public long ingest(IngestRequest request, SqlSession session) {
        loads.add(request);
        List<Object> values = new ArrayList<>();
        try {
            mayRead.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        long rows = 0;
        int batches = 0;
        try (var source = request.rows()) {
            ReadResult read = source.read();
            while (!(read instanceof ReadResult.Finished)) {
                if (read instanceof ReadResult.Blocked(var until)) {
                    until.join();
                } else if (read instanceof ReadResult.Ready(Batch batch)) {
                    try (batch) {
                        rows += batch.rowCount();
                        values.add(batch.column(0).value(0));
                    }
                    if (++batches > failAfter) {
                        throw new NeuralakeException(ErrorCode.CHECK_VIOLATION, "Not this row");
                    }
                }
                read = source.read();
            }
        } catch (NeuralakeException e) {
            done.add("load of " + request.table() + " failed: " + e.code());
            throw e;
        }
        done.add("load of " + request.table() + ": " + rows + where(session) + " " + values);
        return rows;
    }

    private static String where(SqlSession session) {
        return session.transaction().isPresent() ? " in transaction" : "";
    }

    private final class Update implements PreparedSql {
        private final String sql;

        Update(String sql) {
            this.sql = sql;
        }

        @Override
        public String sql() {
            return sql;
        }

        @Override
        public Schema schema() {
            return COUNT;
        }

        @Override
        public Schema parameters() {
            int count = (int) sql.chars().filter(c -> c == '?').count();
            List<Field> fields = new ArrayList<>();
            for (int i = 1; i <= count; i++) {
                fields.add(Field.of(Integer.toString(i), ScalarType.BIGINT));
            }
            return new Schema(fields);
        }

        @Override
        public boolean isUpdate() {
            return true;
        }

        @Override
        public long executeAll(SqlSession session, List<List<Literal>> rows) {
            Runnable once = beforeRun;
            beforeRun = () -> {};
            once.run();
            switch (sql) {
                case "BEGIN" -> session.begin();
                case "COMMIT" -> session.commit();
                case "ROLLBACK" -> session.rollback();
                case "WAIT" -> await(session);
                default -> {
                    session.transaction().ifPresent(t -> t.check());
                    Optional<ErrorCode> error =
                            List.of(ErrorCode.values()).stream()
                                    .filter(c -> sql.equals(c.name()))
                                    .findFirst();
                    if (error.isPresent()) {
                        throw new NeuralakeException(error.get(), "Asked for");
                    }
                    done.add(
                            sql
                                    + where(session)
                                    + rows.stream()
                                            .map(r -> r.stream().map(Literal::value).toList())
                                            .toList());
                }
            }
            return rows.size();
        }

        /// Runs until it is cancelled.
        private void await(SqlSession session) {
            waiting.countDown();
            try {
                while (true) {
                    session.cancellation().orElseThrow().check();
                    Thread.onSpinWait();
                }
            } catch (NeuralakeException e) {
                done.add(sql + " " + e.code());
                throw e;
            }
        }

        @Override
        public boolean changesSession() {
            return sql.equals("BEGIN") || sql.startsWith("SET");
        }

        @Override
        public QueryResult execute(SqlSession session, List<Literal> parameters) {
            throw new UnsupportedOperationException();
        }
    }
}
