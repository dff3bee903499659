package io.neuralake.server.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.QueryResult;
import io.neuralake.flight.FlightSqlService;
import io.neuralake.flight.QueryListener;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.server.output.ResultWriter;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

/// A change that would run for hours stops when its user asks for it, and changes nothing.
@Timeout(120)
class CancelledChangeTest {
    private static final String LONG_CHANGE =
            "INSERT INTO t SELECT a.a FROM t a, t b, t c, t d, t e, t f"
                    + " WHERE a.a + b.a + c.a + d.a + e.a + f.a < 0";

    @TempDir private Path folder;

    private LakeServer lake;

    private enum Nothing implements ResultWriter {
        INSTANCE;

        @Override
        public void begin(List<Field> columns) {}

        @Override
        public void batch(List<FieldVector> vectors, int rowCount) {}

        @Override
        public void end() {}
    }

    @BeforeEach
    void open() {
        lake = LakeServer.open(folder.toString(), EngineSettings.defaults().withThreads(2));
        run("CREATE TABLE t (a INTEGER)");
        run("INSERT INTO t VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)");
        for (int i = 0; i < 2; i++) {
            run("INSERT INTO t SELECT a.a FROM t a, t b LIMIT 1000");
        }
    }

    @AfterEach
    void close() {
        lake.close();
    }

    private long run(String sql) {
        SqlSession session = new SqlSession("test");
        try (QueryResult result = lake.sql().prepare(sql, session).execute(session, List.of())) {
            return result.take() instanceof ReadResult.Ready(var batch) ? value(batch) : 0;
        }
    }

    private static long value(io.neuralake.spi.batch.Batch batch) {
        try (batch) {
            return batch.column(0).value(0) instanceof Long value ? value : 0;
        }
    }

    private void stops(SqlTarget target) {
        long before = run("SELECT count(*) FROM t");
        Thread canceller =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    while (lake.queries().reservedBytes() == 0) {
                                        if (Thread.interrupted()) {
                                            return;
                                        }
                                        Thread.onSpinWait();
                                    }
                                    target.cancel();
                                });
        assertThatThrownBy(() -> target.run(LONG_CHANGE, Nothing.INSTANCE))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
        canceller.interrupt();
        while (lake.queries().reservedBytes() > 0) {
            Thread.onSpinWait();
        }
        assertThat(run("SELECT count(*) FROM t")).isEqualTo(before);
    }

    @Test
    void inThisProcess() {
        try (EmbeddedTarget target =
                new EmbeddedTarget(lake.sql(), new SqlSession("test"), "test", () -> {})) {
            stops(target);
        }
    }

    @Test
    void onAServer() throws Exception {
        try (FlightSqlService service =
                        FlightSqlService.start(
                                new FlightSqlService.Settings("127.0.0.1", 0, "test"),
                                lake.sql(),
                                QueryListener.NONE);
                RemoteTarget target =
                        new RemoteTarget(
                                ServerAddress.parse("grpc://127.0.0.1:" + service.port()))) {
            stops(target);
        }
    }
}
