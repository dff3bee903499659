package io.neuralake.conformance.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.conformance.tpch.TpchScale;
import io.neuralake.server.bench.Answer;
import io.neuralake.server.bench.DuckDbBenchEngine;
import io.neuralake.server.bench.TpchQueries;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// TPC-H through stock clients: all queries by JDBC in a JVM of its own and by ADBC in Python, every
/// answer and its order compared with DuckDB's over the same files in the same run.
class TpchClientTest {
    private static final long LIMIT_SECONDS = 1800;

    @TempDir static Path folder;

    private static final List<Answer> EXPECTED = new ArrayList<>();
    private static @Nullable RunningServer running;

    @BeforeAll
    static void startServer() throws IOException {
        Path lake = Files.createDirectory(folder.resolve("lake"));
        running = RunningServer.start(lake, TpchScale.ofThisRun());
        try (DuckDbBenchEngine duckDb = new DuckDbBenchEngine(lake, 2)) {
            for (int number = 1; number <= TpchQueries.COUNT; number++) {
                EXPECTED.add(duckDb.run(TpchQueries.text(number)));
            }
        }
    }

    @AfterAll
    static void stopServer() {
        EXPECTED.clear();
        if (running != null) {
            running.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> jdbcAnswersLikeDuckDb() throws IOException, InterruptedException {
        Path queries = queries("jdbc");
        return answers(
                queries,
                JdbcProcess.command(JdbcQueries.class, server(), List.of(queries.toString())));
    }

    @TestFactory
    Stream<DynamicTest> adbcAnswersLikeDuckDb() throws IOException, InterruptedException {
        PythonClient python = PythonClient.prepare(folder);
        Path queries = queries("adbc");
        return answers(
                queries, python.command("adbc_queries.py", server(), List.of(queries.toString())));
    }

    private static RunningServer server() {
        return Objects.requireNonNull(running);
    }

    private static Path queries(String client) throws IOException {
        Path queries = Files.createDirectory(folder.resolve(client));
        for (int number = 1; number <= TpchQueries.COUNT; number++) {
            Files.writeString(queries.resolve(name(number) + ".sql"), TpchQueries.text(number));
        }
        return queries;
    }

    private static String name(int number) {
        return String.format(Locale.ROOT, "q%02d", number);
    }

    private static Stream<DynamicTest> answers(Path queries, List<String> command)
            throws IOException, InterruptedException {
        ClientProcess client = ClientProcess.run(folder, LIMIT_SECONDS, command);
        assertThat(client.exitCode()).as(client.output()).isZero();
        assertThat(server().lake().queries().reservedBytes()).isZero();
        return IntStream.rangeClosed(1, TpchQueries.COUNT)
                .mapToObj(
                        number ->
                                DynamicTest.dynamicTest(
                                        name(number),
                                        () -> compare(number, queries.resolve(name(number)))));
    }

    private static void compare(int number, Path query) throws IOException {
        Answer answer = ClientAnswer.read(query.resolveSibling(query.getFileName() + ".sql.rows"));
        Answer expected = EXPECTED.get(number - 1);
        assertThat(answer.difference(expected)).isEmpty();
        assertThat(answer.difference(expected, TpchQueries.orderColumns(number))).isEmpty();
    }
}
