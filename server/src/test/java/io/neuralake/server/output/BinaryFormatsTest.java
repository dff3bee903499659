package io.neuralake.server.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

@Timeout(120)
class BinaryFormatsTest {
    private static final String TYPES =
            "SELECT n, CASE WHEN n % 3 = 0 THEN NULL ELSE 'text ' || n END AS s,"
                    + " CAST(n AS DECIMAL(20, 3)) / 1 AS d, n * 0.5e0 AS f, n % 2 = 0 AS b,"
                    + " DATE '2026-01-01' + CAST(n % 100 AS INTEGER) AS day,"
                    + " TIMESTAMP '2026-01-01 00:00:00.000001' AS ts, [n, NULL] AS l"
                    + " FROM generate_series(1, 40000) AS t(n) ORDER BY n";

    @AutoClose private static final SqlResults results = new SqlResults();

    @Test
    void arrowStreamReadsBack() throws IOException {
        byte[] stream = results.bytes(ResultFormat.ARROW, TYPES);
        List<String> texts = new ArrayList<>();
        long rows = 0;
        int batches = 0;
        try (BufferAllocator allocator = new RootAllocator();
                ArrowStreamReader reader =
                        new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            assertThat(reader.getVectorSchemaRoot().getSchema().getFields())
                    .extracting(f -> f.getName())
                    .containsExactly("n", "s", "d", "f", "b", "day", "ts", "l");
            while (reader.loadNextBatch()) {
                var root = reader.getVectorSchemaRoot();
                batches++;
                for (int row = 0; row < root.getRowCount(); row++) {
                    assertThat(root.getVector("n").getObject(row)).isEqualTo(++rows);
                    if (rows <= 3) {
                        texts.add(String.valueOf(ArrowText.of(root.getVector("s"), row)));
                    }
                }
            }
            assertThat(reader.bytesRead()).isEqualTo(stream.length);
        }
        assertThat(rows).isEqualTo(40_000);
        assertThat(batches).isGreaterThan(1);
        assertThat(texts).containsExactly("text 1", "text 2", "null");
    }

    @Test
    void emptyArrowStreamHasItsSchema() throws IOException {
        byte[] stream = results.bytes(ResultFormat.ARROW, "SELECT 1 AS a WHERE 1 = 0");
        try (BufferAllocator allocator = new RootAllocator();
                ArrowStreamReader reader =
                        new ArrowStreamReader(new ByteArrayInputStream(stream), allocator)) {
            assertThat(reader.getVectorSchemaRoot().getSchema().findField("a")).isNotNull();
            assertThat(reader.loadNextBatch()).isFalse();
        }
    }

    @Test
    void parquetReadsBackHereAndInDuckDb(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("x.parquet");
        Files.write(file, results.bytes(ResultFormat.PARQUET, TYPES));
        String again = "SELECT * FROM '" + file + "' ORDER BY n";
        assertThat(results.text(ResultFormat.CSV, again))
                .isEqualTo(results.text(ResultFormat.CSV, TYPES));
        assertThat(
                        duckDb(
                                "SELECT count(*), sum(n), count(s), sum(d)::BIGINT, sum(f)::BIGINT,"
                                    + " sum(b::INT), max(day), min(ts), count(*) FILTER (l = [n,"
                                    + " NULL]) FROM '"
                                        + file
                                        + "'"))
                .containsExactly(
                        "40000",
                        "800020000",
                        "26667",
                        "800020000",
                        "400010000",
                        "20000",
                        "2026-04-10",
                        "2026-01-01 00:00:00.000001",
                        "40000");
    }

    @Test
    void emptyParquetFileHasItsColumns(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("x.parquet");
        Files.write(
                file, results.bytes(ResultFormat.PARQUET, "SELECT 1 AS a, 'x' AS b WHERE 1 = 0"));
        assertThat(duckDb("SELECT count(*), count(a), count(b) FROM '" + file + "'"))
                .containsExactly("0", "0", "0");
    }

    @Test
    void typeThatParquetLacksIsRefused() {
        assertThatThrownBy(
                        () -> results.bytes(ResultFormat.PARQUET, "SELECT INTERVAL '1' DAY AS i"))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED));
    }

    @Test
    void noneReadsAllAndPrintsNothing() throws IOException {
        assertThat(results.bytes(ResultFormat.NONE, TYPES)).isEmpty();
        assertThatThrownBy(
                        () ->
                                results.bytes(
                                        ResultFormat.NONE, "SELECT 1 / (n - 1) FROM range(9) t(n)"))
                .isInstanceOf(NeuralakeException.class);
    }

    private static List<String> duckDb(String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            for (int c = 1; c <= result.getMetaData().getColumnCount(); c++) {
                values.add(result.getString(c));
            }
        }
        return values;
    }
}
