package io.neuralake.conformance.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.QueryResult;
import io.neuralake.planner.SqlSession;
import io.neuralake.server.LakeServer;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// ANALYZE of tables that DuckDB wrote, without sketches.
class AnalyzeTest {
    private static final int ROWS = 60_000;

    @TempDir Path folder;
    private @Nullable LakeServer opened;

    @BeforeEach
    void writeLake() throws SQLException, IOException {
        Files.createDirectories(folder.resolve("sales/year=1999"));
        Files.createDirectories(folder.resolve("sales/year=2000"));
        write(0, "sales/year=1999/a.parquet");
        write(ROWS / 2, "sales/year=2000/b.parquet");
        write(0, "single.parquet");
        Files.writeString(folder.resolve("text.csv"), "a,b\n1,x\n2,y\n");
        opened =
                LakeServer.open(
                        folder.toString(),
                        EngineSettings.defaults().withThreads(2).withMemoryLimitBytes(1L << 28));
    }

    @AfterEach
    void closeLake() {
        if (opened != null) {
            opened.close();
        }
    }

    /// Twelve neighbouring rows have one ticket, and a third of the customers is null.
    private void write(int from, String file) throws SQLException {
        duckDb(
                """
                COPY (SELECT i // 12 AS ticket,
                    CASE WHEN i %% 3 <> 0 THEN (hash(i) %% 5000)::INTEGER END AS customer,
                    'item ' || (i %% 4000) AS item, (i %% 700)::DECIMAL(10, 2) AS price, [i] AS list
                  FROM range(%d, %d) r(i)) TO '%s' (FORMAT parquet)
                """
                        .formatted(from, from + ROWS, folder.resolve(file)));
    }

    private static long duckDb(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
            var result = statement.getResultSet();
            return result != null && result.next() ? result.getLong(1) : -1;
        }
    }

    private List<List<@Nullable Object>> rows(String sql) {
        LakeServer lake = java.util.Objects.requireNonNull(opened);
        SqlSession session = new SqlSession("analyze");
        List<List<@Nullable Object>> rows = new ArrayList<>();
        try (QueryResult result = lake.sql().prepare(sql, session).execute(session, List.of())) {
            while (result.take() instanceof ReadResult.Ready ready) {
                try (Batch batch = ready.batch()) {
                    for (int i = 0; i < batch.rowCount(); i++) {
                        List<@Nullable Object> row = new ArrayList<>();
                        for (int c = 0; c < batch.columnCount(); c++) {
                            row.add(batch.column(c).value(i));
                        }
                        rows.add(row);
                    }
                }
            }
        }
        return rows;
    }

    private String failure(String sql) {
        return assertThatExceptionOfType(NeuralakeException.class)
                .isThrownBy(() -> rows(sql))
                .actual()
                .code()
                .sqlState();
    }

    private static double distinct(List<List<@Nullable Object>> rows, String column) {
        for (List<@Nullable Object> row : rows) {
            if (column.equals(row.get(1)) && row.get(4) instanceof Long count) {
                return count;
            }
        }
        throw new AssertionError("No distinct values of " + column + ": " + rows);
    }

    @Test
    void findsTheDistinctValuesOfAllFiles() throws SQLException {
        List<List<@Nullable Object>> rows = rows("ANALYZE sales");

        assertThat(rows)
                .extracting(row -> row.get(1))
                .containsExactly("ticket", "customer", "item", "price", "list", "year");
        assertThat(rows).allMatch(row -> row.get(0).equals("sales"));
        assertThat(rows).allMatch(row -> row.get(2).equals(2L * ROWS));
        assertThat(rows.get(1).get(3)).isEqualTo(2L * ROWS / 3);
        assertThat(distinct(rows, "ticket")).isBetween(7500 * 0.92, 7500 * 1.08);
        assertThat(distinct(rows, "customer")).isBetween(5000 * 0.92, 5000 * 1.08);
        assertThat(distinct(rows, "item")).isBetween(4000 * 0.92, 4000 * 1.08);
        assertThat(distinct(rows, "price")).isBetween(700 * 0.92, 700 * 1.08);
        assertThat(distinct(rows, "year")).isEqualTo(2);
        // Nobody takes what is kept for data.
        assertThat(rows("SHOW TABLES"))
                .containsExactly(List.of("sales"), List.of("single"), List.of("text"));
        assertThat(rows("SELECT count(*) FROM sales")).containsExactly(List.of(2L * ROWS));
        assertThat(
                        duckDb(
                                "SELECT count(*) FROM '%s'"
                                        .formatted(folder.resolve("sales/**/*.parquet"))))
                .isEqualTo(2L * ROWS);
    }

    @Test
    void plansMadeAfterwardsKnow() {
        String explain = "EXPLAIN SELECT ticket FROM single GROUP BY ticket";
        List<List<@Nullable Object>> before = rows(explain);
        rows("ANALYZE TABLE single");
        List<List<@Nullable Object>> after = rows(explain);
        assertThat(after).isNotEqualTo(before);
        rows("SELECT ticket FROM single GROUP BY ticket");
        assertThat(folder.resolve(".single.parquet.neuralake_statistics")).exists();
    }

    @Test
    void onlyTheColumnsThatAreNamedAreRead() throws IOException {
        List<List<@Nullable Object>> rows = rows("ANALYZE single (ITEM)");
        assertThat(rows).hasSize(1);
        assertThat(distinct(rows, "item")).isBetween(4000 * 0.92, 4000 * 1.08);

        Path kept = folder.resolve(".single.parquet.neuralake_statistics");
        byte[] first = Files.readAllBytes(kept);
        rows("ANALYZE single (item)");
        assertThat(Files.readAllBytes(kept)).isEqualTo(first);
        rows("ANALYZE single (ticket)");
        assertThat(Files.size(kept)).isBetween(first.length + 1000L, first.length + 1200L);
    }

    @Test
    void whatIsKeptOfAChangedFileIsForgotten() throws SQLException {
        rows("ANALYZE single");
        duckDb(
                "COPY (SELECT 1 AS ticket, i AS item FROM range(50) r(i)) TO '%s' (FORMAT parquet)"
                        .formatted(folder.resolve("single.parquet")));
        List<List<@Nullable Object>> rows = rows("ANALYZE single");
        assertThat(rows).allMatch(row -> row.get(2).equals(50L));
        assertThat(distinct(rows, "ticket")).isEqualTo(1);
        assertThat(distinct(rows, "item")).isEqualTo(50);
    }

    @Test
    void withoutNameAllTablesAreAnalyzedWhoseFormatCanBe() {
        assertThat(rows("ANALYZE"))
                .extracting(row -> row.get(0))
                .contains("sales", "single")
                .doesNotContain("text");
    }

    @Test
    void errorsSayWhatIsWrong() {
        assertThat(failure("ANALYZE text")).isEqualTo(ErrorCode.UNSUPPORTED.sqlState());
        assertThat(failure("ANALYZE nothing")).isEqualTo(ErrorCode.TABLE_NOT_FOUND.sqlState());
        assertThat(failure("ANALYZE sales (itm)")).isEqualTo(ErrorCode.COLUMN_NOT_FOUND.sqlState());
        assertThat(failure("ANALYZE sales (item")).isEqualTo(ErrorCode.SYNTAX_ERROR.sqlState());
        assertThat(failure("ANALYZE sales item")).isEqualTo(ErrorCode.SYNTAX_ERROR.sqlState());
    }

    @Test
    void aLakeThatCannotBeWrittenIsLeftAsItWas() throws IOException {
        Path place = Files.createDirectories(folder.resolve("sales/_neuralake_statistics/full"));
        assertThat(failure("ANALYZE sales")).isEqualTo(ErrorCode.STORAGE_ERROR.sqlState());
        try (Stream<Path> files = Files.list(folder.resolve("sales"))) {
            assertThat(files.map(Path::getFileName).map(Path::toString))
                    .containsExactlyInAnyOrder("_neuralake_statistics", "year=1999", "year=2000");
        }
        assertThat(place).exists();
        assertThat(rows("SELECT count(*) FROM sales")).containsExactly(List.of(2L * ROWS));
    }

    @Test
    void damagedStatisticsAreIgnored() throws IOException {
        rows("ANALYZE single");
        Path kept = folder.resolve(".single.parquet.neuralake_statistics");
        byte[] bytes = Files.readAllBytes(kept);
        bytes[bytes.length / 2] ^= 1;
        Files.write(kept, bytes);
        assertThat(rows("SELECT count(*) FROM single")).containsExactly(List.of((long) ROWS));
        rows("ANALYZE single");
        assertThat(Files.readAllBytes(kept)).isNotEqualTo(bytes);
    }
}
