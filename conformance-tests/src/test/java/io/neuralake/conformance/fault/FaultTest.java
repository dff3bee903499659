package io.neuralake.conformance.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.QueryResult;
import io.neuralake.planner.PreparedSql;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.server.bench.NeuralakeBenchEngine;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.TpchTables;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// A fault fails the query that meets it, with an error that says what, and nothing else: the next
/// query is answered and no memory stays reserved.
class FaultTest {
    /// One group's distinct values do not spill.
    private static final String COUNT_DISTINCT =
            "SELECT count(DISTINCT l_orderkey * 10 + l_linenumber) FROM lineitem";

    private static final String SORT_ALL =
            "SELECT * FROM lineitem ORDER BY l_comment, l_orderkey, l_linenumber";

    private static final String COMMENT_LENGTH = "SELECT sum(length(o_comment)) FROM orders";

    @TempDir Path folder;

    private @Nullable LakeServer opened;
    private @Nullable NeuralakeBenchEngine engine;

    @BeforeEach
    void openLake() {
        DataSetWriter.write(
                TpchTables.at(0.01), folder, DataSetWriter.Layout.FILES, (t, r, e, d) -> {});
        LakeServer lake =
                LakeServer.open(
                        folder.toString(),
                        EngineSettings.defaults().withThreads(2).withMemoryLimitBytes(1L << 30));
        opened = lake;
        engine = new NeuralakeBenchEngine(lake);
    }

    @AfterEach
    void nothingStaysReserved() {
        assertThat(lake().queries().reservedBytes()).isZero();
        Objects.requireNonNull(engine).close();
    }

    @Test
    void truncatedFileIsCorruptAndNamed() throws IOException {
        truncate(folder.resolve("orders.parquet"));

        fails("SELECT sum(o_totalprice) FROM orders", ErrorCode.CORRUPT_FILE, "orders.parquet");
        nextQueryWorks();
    }

    @Test
    void fileOfOtherBytesIsCorruptAndNamed() throws IOException {
        byte[] noise = new byte[4096];
        Arrays.fill(noise, (byte) 'x');
        Files.write(folder.resolve("part.parquet"), noise);

        fails("SELECT count(*) FROM part", ErrorCode.CORRUPT_FILE, "part.parquet");
        nextQueryWorks();
    }

    @Test
    void emptyFileIsCorruptAndNamed() throws IOException {
        Files.write(folder.resolve("part.parquet"), new byte[0]);

        fails("SELECT count(*) FROM part", ErrorCode.CORRUPT_FILE, "part.parquet");
        nextQueryWorks();
    }

    @Test
    void fileCutInItsFooterIsCorruptAndNamed() throws IOException {
        Path file = folder.resolve("customer.parquet");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 20));

        fails("SELECT sum(c_acctbal) FROM customer", ErrorCode.CORRUPT_FILE, "customer.parquet");
        nextQueryWorks();
    }

    @Test
    void damagedPagesAreCorruptAndNamed() throws IOException {
        Path file = folder.resolve("orders.parquet");
        byte[] bytes = Files.readAllBytes(file);
        for (int at = 100; at < bytes.length * 3 / 4; at += 100) {
            bytes[at] ^= 0x55;
        }
        Files.write(file, bytes);

        fails("SELECT o_comment FROM orders", ErrorCode.CORRUPT_FILE, "orders.parquet");
        nextQueryWorks();
    }

    @Test
    void fileRemovedAfterPlanningIsReadAsItWas() throws IOException {
        SqlSession session = new SqlSession("removed");
        PreparedSql query = lake().sql().prepare(COMMENT_LENGTH, session).atOnce();
        Object answer = firstValue(lake().sql().prepare(COMMENT_LENGTH, session), session);
        Files.delete(folder.resolve("orders.parquet"));

        assertThat(firstValue(query, session)).isEqualTo(answer);
        fails(COMMENT_LENGTH, ErrorCode.TABLE_NOT_FOUND, "orders");
        nextQueryWorks();
    }

    @Test
    void fileWrittenToAfterPlanningFailsTheQuery() throws IOException {
        SqlSession session = new SqlSession("rewritten");
        PreparedSql query = lake().sql().prepare(COMMENT_LENGTH, session).atOnce();
        Path file = folder.resolve("orders.parquet");
        Files.write(file, Files.readAllBytes(folder.resolve("part.parquet")));

        assertThatExceptionOfType(NeuralakeException.class)
                .isThrownBy(() -> firstValue(query, session))
                .withMessageContaining("orders.parquet")
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR));
        nextQueryWorks();
    }

    @Test
    void missingFileIsNotFoundAndNamed() {
        String file = folder.resolve("nosuch.parquet").toString();

        fails("SELECT * FROM '" + file + "'", ErrorCode.FILE_NOT_FOUND, "nosuch.parquet");
        nextQueryWorks();
    }

    @Test
    void queryOverItsMemoryLimitFailsAlone() {
        SqlSession small = new SqlSession("small");
        small.settings().put("memory_limit", "1MB");

        assertThatExceptionOfType(NeuralakeException.class)
                .isThrownBy(() -> run(COUNT_DISTINCT, small))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.OUT_OF_MEMORY));
        nextQueryWorks();
    }

    @Test
    void cancelledQueryFreesItsMemory() {
        SqlSession session = new SqlSession("cancel");

        try (QueryResult result =
                lake().sql()
                        .prepare("SELECT a.* FROM lineitem a, lineitem b", session)
                        .execute(session, List.of())) {
            if (result.take() instanceof ReadResult.Ready(var batch)) {
                batch.close();
            }
            result.cancel();
        }

        nextQueryWorks();
    }

    @Test
    void closingAResultHalfReadFreesItsMemory() {
        SqlSession session = new SqlSession("close");

        try (QueryResult result =
                lake().sql().prepare(SORT_ALL, session).execute(session, List.of())) {
            if (result.take() instanceof ReadResult.Ready(var batch)) {
                batch.close();
            }
        }

        nextQueryWorks();
    }

    private void nextQueryWorks() {
        assertThat(run("SELECT count(*) FROM nation", new SqlSession("next")))
                .isEqualTo(List.of(List.of(BigDecimal.valueOf(25))));
    }

    private void fails(String sql, ErrorCode code, String inMessage) {
        assertThatExceptionOfType(NeuralakeException.class)
                .isThrownBy(() -> run(sql, new SqlSession("fault")))
                .withMessageContaining(inMessage)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }

    private List<List<@Nullable Object>> run(String sql, SqlSession session) {
        return Objects.requireNonNull(engine).run(sql, session).rows();
    }

    private static @Nullable Object firstValue(PreparedSql query, SqlSession session) {
        try (QueryResult result = query.execute(session, List.of())) {
            if (result.take() instanceof ReadResult.Ready(var batch)) {
                try (batch) {
                    return batch.column(0).value(0);
                }
            }
            throw new AssertionError("No row");
        }
    }

    private LakeServer lake() {
        return Objects.requireNonNull(opened);
    }

    private static void truncate(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    }
}
