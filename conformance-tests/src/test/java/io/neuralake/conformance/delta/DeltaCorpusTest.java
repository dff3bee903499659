package io.neuralake.conformance.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.QueryResult;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Reads the golden tables of delta-kernel-rs and compares with the rows that come with them.
class DeltaCorpusTest {
    private static final Path CORPUS = corpus();

    /// Its timestamps without zone were written in another one than UTC, which is the default here.
    private static final String OTHER_ZONE = "data-reader-partition-values";

    private static Path corpus() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("connectors"))) {
            folder = folder.getParent();
        }
        return (folder == null ? Path.of("") : folder)
                .resolve("../shared/conformance/delta")
                .normalize();
    }

    static Stream<String> tables() throws IOException {
        if (!Files.isDirectory(CORPUS)) {
            System.out.println("SKIPPED DeltaCorpusTest: no corpus at " + CORPUS);
            return Stream.of("");
        }
        try (Stream<Path> tables = Files.list(CORPUS.resolve("kernel-rs-golden"))) {
            return tables
                    .filter(table -> Files.isDirectory(table.resolve("expected")))
                    .filter(table -> Files.isDirectory(table.resolve("delta/_delta_log")))
                    .map(table -> table.getFileName().toString())
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    @ParameterizedTest
    @MethodSource("tables")
    void hasTheRowsExpected(String name) {
        Assumptions.assumeFalse(name.isEmpty(), "the corpus is absent");
        Path folder = CORPUS.resolve("kernel-rs-golden").resolve(name);
        String columns = name.equals(OTHER_ZONE) ? "* EXCLUDE (as_timestamp)" : "*";
        String table = "SELECT " + columns + " FROM delta";
        String expected =
                "SELECT " + columns + " FROM read_parquet('" + folder.resolve("expected") + "')";
        assertThat(rows(folder, table + " EXCEPT ALL " + expected)).isEmpty();
        assertThat(rows(folder, expected + " EXCEPT ALL " + table)).isEmpty();
    }

    /// Numbers of rows that the logs' statistics and deletion vectors add up to.
    @ParameterizedTest
    @CsvSource({
        "app-txn-checkpoint, 22",
        "basic_partitioned, 6",
        "cdf-table-with-cdc-and-dvs, 5",
        "compacted-log-files-table, 5",
        "table-with-dv-small, 8",
        "timestamp-partitioned-table, 1",
        "type-widening, 2",
        "v1-multi-part-struct-stats-only, 5",
        "v2-checkpoints-json-with-sidecars, 1233",
        "v2-checkpoints-parquet-with-sidecars, 1233",
        "v2-classic-checkpoint-parquet, 20",
        "void-column, 3"
    })
    void countsRows(String name, long count) {
        Assumptions.assumeTrue(Files.isDirectory(CORPUS), "the corpus is absent");
        assertThat(rows(CORPUS.resolve("kernel-rs-data"), "SELECT count(*) FROM \"" + name + "\""))
                .containsExactly(List.of(count));
    }

    @ParameterizedTest
    @CsvSource({
        "deltalog-invalid-protocol-version, UNSUPPORTED, requires reader version 99",
        "deltalog-commit-info, CORRUPT_FILE, schemaString",
        "data-reader-absolute-paths-escaped-chars, CORRUPT_FILE, No metadata found",
        "checkpoint, FILE_NOT_FOUND, delta/15"
    })
    void saysWhatIsWrong(String name, ErrorCode code, String message) {
        Assumptions.assumeTrue(Files.isDirectory(CORPUS), "the corpus is absent");
        Path folder = CORPUS.resolve("kernel-rs-golden").resolve(name);
        assertThatThrownBy(() -> rows(folder, "SELECT * FROM delta"))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(code);
                            assertThat(e).hasMessageContaining(message);
                        });
    }

    @Test
    void travelsInTime() {
        Assumptions.assumeTrue(Files.isDirectory(CORPUS), "the corpus is absent");
        Path folder = CORPUS.resolve("kernel-rs-golden/basic-with-inserts-overwrite-restore");
        assertThat(rows(folder, "SELECT count(*) FROM delta FOR VERSION AS OF 0"))
                .containsExactly(List.of(100L));
        assertThat(rows(folder, "SELECT count(*) FROM delta VERSION AS OF 1 AS x"))
                .containsExactly(List.of(200L));
        assertThat(
                        rows(
                                folder,
                                "SELECT min(x.id), count(y.id) FROM delta FOR VERSION AS OF 2 x"
                                        + " LEFT JOIN delta y ON x.id = y.id"))
                .containsExactly(List.of(500L, 0L));
        assertThat(
                        rows(
                                folder,
                                "SELECT count(*) FROM delta FOR SYSTEM_TIME AS OF"
                                        + " current_timestamp"))
                .containsExactly(List.of(200L));
        assertThat(
                        rows(
                                folder,
                                "SELECT count(*) FROM delta TIMESTAMP AS OF"
                                        + " TIMESTAMP '2100-01-01 00:00:00' - INTERVAL '1' DAY"))
                .containsExactly(List.of(200L));
        assertThat(
                        rows(
                                folder,
                                "SELECT count(*) FROM read_delta('"
                                        + folder.resolve("delta")
                                        + "', version => 1)"))
                .containsExactly(List.of(200L));
        assertThat(rows(folder, "SELECT count(*) FROM '" + folder.resolve("delta") + "'"))
                .containsExactly(List.of(200L));
        failsToTravel(folder, "delta FOR VERSION AS OF 99", ErrorCode.INVALID_PARAMETER);
        failsToTravel(folder, "delta FOR VERSION AS OF 'a'", ErrorCode.INVALID_PARAMETER);
        failsToTravel(
                folder,
                "delta FOR TIMESTAMP AS OF TIMESTAMP '1999-01-01 00:00:00'",
                ErrorCode.INVALID_PARAMETER);
        failsToTravel(folder, "delta FOR TIMESTAMP AS OF NULL", ErrorCode.INVALID_PARAMETER);
        failsToTravel(folder, "expected FOR VERSION AS OF 0", ErrorCode.UNSUPPORTED);
        failsToTravel(folder, "delto FOR VERSION AS OF 0", ErrorCode.TABLE_NOT_FOUND);
    }

    @Test
    void saysWhatTheLogKnows() {
        Assumptions.assumeTrue(Files.isDirectory(CORPUS), "the corpus is absent");
        Path folder = CORPUS.resolve("kernel-rs-golden/basic-with-inserts-overwrite-restore");
        assertThat(
                        rows(
                                folder,
                                "SELECT version, operation, read_version FROM"
                                        + " table_history(delta)"))
                .containsExactly(
                        List.of(3L, "RESTORE", 2L),
                        List.of(2L, "WRITE", 1L),
                        List.of(1L, "WRITE", 0L),
                        java.util.Arrays.asList(0L, "WRITE", null));
        assertThat(
                        rows(
                                folder,
                                "SELECT format, version, num_files, min_reader_version,"
                                        + " partition_columns FROM table_detail('main.delta')"))
                .containsExactly(List.of("delta", 3L, 4L, 1L, List.of()));
        assertThat(
                        rows(
                                CORPUS.resolve("kernel-rs-data"),
                                "SELECT sum(num_rows), sum(num_deleted_rows)"
                                        + " FROM table_files(\"cdf-table-with-cdc-and-dvs\")"))
                .containsExactly(List.of(5L, 6L));
        failsToTravel(folder, "table_history(expected)", ErrorCode.UNSUPPORTED);
        failsToTravel(folder, "table_history(delto)", ErrorCode.TABLE_NOT_FOUND);
        failsToTravel(folder, "table_files()", ErrorCode.INVALID_PARAMETER);
        failsToTravel(folder, "table_files(delta, 1)", ErrorCode.INVALID_PARAMETER);
    }

    private static void failsToTravel(Path folder, String from, ErrorCode code) {
        assertThatThrownBy(() -> rows(folder, "SELECT * FROM " + from))
                .isInstanceOfSatisfying(
                        NeuralakeException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static List<List<Object>> rows(Path lake, String sql) {
        List<List<Object>> rows = new ArrayList<>();
        try (LakeServer server = LakeServer.open(lake.toString(), EngineSettings.defaults())) {
            SqlSession session = new SqlSession("test");
            try (QueryResult result =
                    server.sql().prepare(sql, session).execute(session, List.of())) {
                while (result.take() instanceof ReadResult.Ready(Batch batch)) {
                    try (batch) {
                        for (int row = 0; row < batch.rowCount(); row++) {
                            List<Object> values = new ArrayList<>();
                            for (int i = 0; i < batch.columnCount(); i++) {
                                values.add(batch.column(i).value(row));
                            }
                            rows.add(values);
                        }
                    }
                }
            }
        }
        return rows;
    }
}
