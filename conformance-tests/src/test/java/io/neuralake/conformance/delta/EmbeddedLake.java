package io.neuralake.conformance.delta;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.QueryResult;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.server.bench.Answer;
import io.neuralake.server.bench.NeuralakeBenchEngine;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/// This engine in this process over a folder, as `./neuralake sql --lake` has it, with one session.
final class EmbeddedLake implements AutoCloseable {
    private final LakeServer lake;
    private final NeuralakeBenchEngine engine;
    private final SqlSession session = new SqlSession("test");

    EmbeddedLake(Path folder) {
        this(LakePlace.local(folder));
    }

    EmbeddedLake(LakePlace place) {
        this(place, EngineSettings.defaults().withThreads(2).withMemoryLimitBytes(512L << 20));
    }

    EmbeddedLake(Path folder, EngineSettings settings) {
        this(LakePlace.local(folder), settings);
    }

    EmbeddedLake(LakePlace place, EngineSettings settings) {
        lake = LakeServer.open(place.lake(), settings, place.storage());
        engine = new NeuralakeBenchEngine(lake);
    }

    /// Runs a statement and returns its rows.
    Answer query(String sql) {
        return engine.run(sql, session);
    }

    /// Runs a statement for what it does.
    ///
    /// @return the number of rows it changed
    long run(String sql) {
        return execute(lake.sql().prepare(sql, session));
    }

    /// Prepares a statement for [#execute].
    PreparedSql prepare(String sql) {
        return lake.sql().prepare(sql, session);
    }

    /// Runs a prepared statement.
    long execute(PreparedSql statement) {
        long count = 0;
        try (QueryResult result = statement.execute(session, List.of())) {
            while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                try (batch) {
                    if (batch.rowCount() > 0 && batch.column(0).value(0) instanceof Long rows) {
                        count += rows;
                    }
                }
            }
        }
        return count;
    }

    /// Returns the first value of the first row, a whole number.
    long number(String sql) {
        return Long.parseLong(text(sql));
    }

    /// Returns the first value of the first row as text.
    String text(String sql) {
        @Nullable Object value = query(sql).rows().getFirst().getFirst();
        return Objects.requireNonNull(value, sql).toString();
    }

    /// Returns the newest version of a table.
    long version(String table) {
        return number("SELECT max(version) FROM table_history(" + table + ")");
    }

    /// Returns the bytes that queries hold; 0 when nothing leaks.
    long reservedBytes() {
        return lake.queries().reservedBytes();
    }

    /// Returns the names of a folder's files.
    List<String> fileNames(String folder) {
        return lake.storage().store().allFiles(folder).stream()
                .map(file -> file.path().substring(file.path().lastIndexOf('/') + 1))
                .toList();
    }

    @Override
    public void close() {
        engine.close();
        awaitLogMaintenance();
    }

    /// Waits for checkpoints that are being written, since the folder may be deleted next.
    private static void awaitLogMaintenance() {
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("delta-log")) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }
}
