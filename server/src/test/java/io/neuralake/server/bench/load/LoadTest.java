package io.neuralake.server.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.PointsTable;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Clients of a real server, over a table of a few row groups.
@Timeout(300)
class LoadTest {
    private static final long ROWS = 130_000;
    private static final String BIG =
            "SELECT count(*) FROM points AS a JOIN points AS b ON a.id = b.id";

    private static final Map<Workload.Kind, String> LABELS =
            Map.of(
                    Workload.Kind.PREPARED, "point",
                    Workload.Kind.PREPARED_BY_JAVA_CLIENT, "point java",
                    Workload.Kind.TEXT, "point text");

    @TempDir private static Path folder;

    private static LoadedServer server;

    @BeforeAll
    static void serve() {
        DataSetWriter.write(
                List.of(new PointsTable(ROWS)),
                folder,
                DataSetWriter.Layout.FILES,
                (table, rows, expected, done) -> {});
        server = new LoadedServer(folder, EngineSettings.defaults().withThreads(2));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /// Each client asks once.
    private static Load once() {
        return server.load(Duration.ZERO, Duration.ZERO);
    }

    @Test
    void lookupsFindTheirRows() {
        for (Workload.Kind kind : Workload.Kind.values()) {
            Workload lookups = server.pointLookups(kind);
            assertThat(lookups).isEqualTo(new Workload.PointLookups(ROWS, kind));
            LoadResult result = server.load(Duration.ZERO, Duration.ofMillis(300)).run(lookups, 3);
            assertThat(result.label()).isEqualTo(LABELS.get(kind));
            assertThat(result.clients()).isEqualTo(3);
            assertThat(result.requests()).isGreaterThanOrEqualTo(3);
            assertThat(result.seconds()).isGreaterThanOrEqualTo(0.3);
            assertThat(result.millis(50))
                    .isPositive()
                    .isLessThanOrEqualTo(result.millis(99))
                    .isLessThanOrEqualTo(result.maxMillis());
            assertThat(result.throughput()).isPositive();
            assertThat(result.cpuMillis()).isPositive();
        }
    }

    @Test
    void aWrongAnswerEndsTheLoad() {
        for (Workload.Kind kind : Workload.Kind.values()) {
            // Keys that the table does not have.
            Workload lookups = new Workload.PointLookups(1L << 40, kind);
            assertThatThrownBy(
                            () -> server.load(Duration.ZERO, Duration.ofHours(1)).run(lookups, 2))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR))
                    .hasMessageStartingWith("Wrong answer under load: key ");
        }
        assertThatThrownBy(() -> once().run(new Workload.Dashboard(Map.of(BIG, 2L)), 1))
                .hasMessage("Wrong answer under load: " + BIG + ", 1 instead of 2");
        assertThatThrownBy(() -> once().run(new Workload.Dashboard(Map.of("SELECT x", 1L)), 1))
                .hasMessageStartingWith("A client failed: ")
                .hasMessageContaining("Column not found: x");
    }

    @Test
    void differentWorkloadsRunAtTheSameTime() {
        Workload lookups = server.pointLookups(Workload.Kind.PREPARED);
        Workload dashboard = new Workload.Dashboard(Map.of(BIG, 1L, "SELECT 1", 1L));
        List<LoadResult> results = once().run(List.of(dashboard, lookups, lookups));
        assertThat(results)
                .extracting(LoadResult::label, LoadResult::clients, LoadResult::requests)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("dashboard", 1, 1L),
                        org.assertj.core.groups.Tuple.tuple("point", 2, 2L));
    }

    @Test
    void heavyQueryRunsUntilItIsClosed() {
        HeavyQuery heavy = server.heavyQuery(BIG);
        while (!heavy.summary().startsWith("2 times, ")) {
            assertThat(heavy.summary()).doesNotStartWith("3");
            Thread.onSpinWait();
        }
        heavy.close();
        assertThat(heavy.summary()).matches("[23] times, \\d+ ms each");
        HeavyQuery failing = server.heavyQuery("SELECT x");
        assertThatThrownBy(failing::close).hasMessageContaining("Column not found: x");
        assertThat(failing.summary()).isEqualTo("not ended once");
    }
}
