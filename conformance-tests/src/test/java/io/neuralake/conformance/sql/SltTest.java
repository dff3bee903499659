package io.neuralake.conformance.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.neuralake.conformance.JvmConfiguration;
import io.neuralake.conformance.sql.SltRecord.LikeDuckDb;
import io.neuralake.conformance.sql.SltRecord.Query;
import io.neuralake.conformance.sql.SltRecord.StatementError;
import io.neuralake.conformance.sql.SltRecord.StatementOk;
import io.neuralake.exec.EngineSettings;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.server.bench.Answer;
import io.neuralake.server.bench.DuckDbBenchEngine;
import io.neuralake.server.bench.NeuralakeBenchEngine;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.SignalsTables;
import io.neuralake.server.generate.TpchTables;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Runs every `.slt` file of the resources under every configuration, over a lake with TPC-H at scale
/// 0.01 and a synthetic recording.
@Tag(JvmConfiguration.CORPUS)
class SltTest {
    @TempDir static Path folder;

    private static @Nullable NeuralakeBenchEngine engine;
    private static @Nullable DuckDbBenchEngine duckDb;
    private static @Nullable LakeServer lake;

    @BeforeAll
    static void makeLake() {
        DataSetWriter.write(
                TpchTables.at(0.01), folder, DataSetWriter.Layout.FILES, (t, r, e, d) -> {});
        DataSetWriter.write(
                SignalsTables.at(0.02), folder, DataSetWriter.Layout.FILES, (t, r, e, d) -> {});
        lake =
                LakeServer.open(
                        folder.toString(),
                        EngineSettings.defaults().withThreads(4).withMemoryLimitBytes(1L << 30));
        engine = new NeuralakeBenchEngine(lake);
        duckDb = new DuckDbBenchEngine(folder, 2);
    }

    @AfterAll
    static void close() {
        Objects.requireNonNull(engine).close();
        Objects.requireNonNull(duckDb).close();
    }

    @TestFactory
    Stream<DynamicContainer> corpus() throws IOException, URISyntaxException {
        Path resources = Path.of(Objects.requireNonNull(SltTest.class.getResource("/sql")).toURI());
        List<DynamicContainer> containers = new ArrayList<>();
        try (Stream<Path> files = Files.walk(resources)) {
            for (Path file : (Iterable<Path>) files.sorted()::iterator) {
                if (file.toString().endsWith(".slt")) {
                    containers.add(tests(file));
                }
            }
        }
        assertThat(containers).isNotEmpty();
        return containers.stream();
    }

    private static DynamicContainer tests(Path file) throws IOException {
        List<SltRecord> records = SltFile.read(file);
        List<DynamicTest> tests = new ArrayList<>();
        for (SltConfiguration configuration : SltConfiguration.ofThisJvm()) {
            tests.add(
                    DynamicTest.dynamicTest(
                            name(configuration), () -> runAll(file, records, configuration)));
        }
        return DynamicContainer.dynamicContainer(file.getFileName().toString(), tests);
    }

    private static void runAll(Path file, List<SltRecord> records, SltConfiguration configuration) {
        SqlSession session = configuration.session();
        List<String> failures = new ArrayList<>();
        for (SltRecord record : records) {
            try {
                run(record, session);
            } catch (AssertionError | RuntimeException e) {
                failures.add(file.getFileName() + ":" + record.line() + ": " + describe(e));
            }
        }
        assertThat(failures).as(name(configuration)).isEmpty();
        assertThat(Objects.requireNonNull(lake).queries().reservedBytes()).isZero();
    }

    private static String name(SltConfiguration configuration) {
        JvmConfiguration jvm = JvmConfiguration.current();
        return jvm == JvmConfiguration.STANDARD ? configuration.name() : jvm.name();
    }

    private static String describe(Throwable e) {
        return e instanceof NeuralakeException known
                ? known.getMessage() + " [" + known.code().sqlState() + "]"
                : e.toString();
    }

    private static void run(SltRecord record, SqlSession session) {
        NeuralakeBenchEngine ours = Objects.requireNonNull(engine);
        switch (record) {
            case StatementOk(int _, String sql) -> ours.run(sql, session);
            case StatementError error -> {
                NeuralakeException thrown =
                        catchThrowableOfType(
                                NeuralakeException.class, () -> ours.run(error.sql(), session));
                assertThat(thrown).as("an error of %s", error.sql()).isNotNull();
                assertThat(thrown.code().sqlState())
                        .as("SQLSTATE of: %s", thrown.getMessage())
                        .isEqualTo(error.sqlState());
                assertThat(thrown.getMessage()).contains(error.message());
                if (!error.place().isEmpty()) {
                    assertThat(thrown.position().map(p -> p.line() + ":" + p.column()))
                            .as("place of: %s", thrown.getMessage())
                            .contains(error.place());
                }
            }
            case Query query -> {
                List<String> actual = new ArrayList<>(text(ours.run(query.sql(), session)));
                List<String> expected = new ArrayList<>(query.expected());
                if (query.sorted()) {
                    actual.sort(null);
                    expected.sort(null);
                }
                assertThat(actual).isEqualTo(expected);
            }
            case LikeDuckDb(int _, String sql, boolean ordered) -> {
                Answer answer = ours.run(sql, session);
                Answer expected = Objects.requireNonNull(duckDb).run(sql);
                assertThat(answer.difference(expected)).as(sql).isEmpty();
                if (ordered) {
                    assertThat(text(answer)).as(sql).isEqualTo(text(expected));
                }
            }
        }
    }

    private static List<String> text(Answer answer) {
        List<String> lines = new ArrayList<>();
        for (List<@Nullable Object> row : answer.rows()) {
            List<String> values = new ArrayList<>();
            for (Object value : row) {
                values.add(text(value));
            }
            lines.add(String.join("\t", values));
        }
        return lines;
    }

    private static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "NULL";
            case String s when s.isEmpty() -> "(empty)";
            case BigDecimal number -> number.toPlainString();
            default -> value.toString();
        };
    }
}
