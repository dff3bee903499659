package io.neuralake.server.bench;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.QueryResult;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// This engine, embedded.
public final class NeuralakeBenchEngine implements BenchEngine {
    private static final String NAME = "neuralake";
    private static final int WORK_RUNS = 3;

    private final String name;
    private final LakeServer lake;
    private final SqlSession session = new SqlSession("bench");

    /// Opens a folder of Parquet files.
    public NeuralakeBenchEngine(Path folder, EngineSettings settings) {
        this(NAME, folder, settings);
    }

    /// Opens a folder of Parquet files.
    ///
    /// @param name in the report
    public NeuralakeBenchEngine(String name, Path folder, EngineSettings settings) {
        this(name, LakeServer.open(folder.toString(), settings));
    }

    /// Runs on a lake, which is closed with this engine.
    public NeuralakeBenchEngine(LakeServer lake) {
        this(NAME, lake);
    }

    private NeuralakeBenchEngine(String name, LakeServer lake) {
        this.name = name;
        this.lake = lake;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Answer run(String sql) {
        return run(sql, session);
    }

    /// Runs a statement in a session of the caller's.
    public Answer run(String sql, SqlSession session) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (QueryResult result = lake.sql().prepare(sql, session).execute(session, List.of())) {
            while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                try (batch) {
                    read(batch, rows);
                }
            }
        }
        return new Answer(rows);
    }

    @Override
    public long peakBytes(String sql) {
        try (QueryResult result = lake.sql().prepare(sql, session).execute(session, List.of())) {
            while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                batch.close();
            }
            return result.statistics().peakBytes();
        }
    }

    @Override
    public Optional<QueryWork> work(String sql) {
        return Stream.generate(() -> profiled(sql)).limit(WORK_RUNS).reduce(QueryWork::orFaster);
    }

    private QueryWork profiled(String sql) {
        try (QueryResult result = lake.sql().prepare(sql, session).profile(session, List.of())) {
            while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                batch.close();
            }
            return QueryWork.of(result.statistics());
        }
    }

    private static void read(Batch batch, List<List<@Nullable Object>> rows) {
        for (int row = 0; row < batch.rowCount(); row++) {
            if (batch.selection() == null || Bitmap.get(batch.selection().segment(), row)) {
                List<@Nullable Object> values = new ArrayList<>(batch.columnCount());
                for (int c = 0; c < batch.columnCount(); c++) {
                    values.add(shared(batch.column(c).type(), batch.column(c).value(row)));
                }
                rows.add(values);
            }
        }
    }

    private static @Nullable Object shared(Type type, @Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Double d -> d;
            case BigDecimal d when type instanceof DecimalType -> d;
            case Long days when type == ScalarType.DATE -> LocalDate.ofEpochDay(days).toString();
            case Long micros when type == ScalarType.TIMESTAMP ->
                    LocalDateTime.ofInstant(instant(micros), ZoneOffset.UTC).toString();
            case Long micros when type == ScalarType.TIMESTAMP_TZ -> instant(micros).toString();
            case Long micros when type == ScalarType.TIME ->
                    LocalTime.ofNanoOfDay(micros * 1000).toString();
            case Long n -> BigDecimal.valueOf(n);
            default -> value.toString();
        };
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    @Override
    public void close() {
        lake.close();
    }
}
