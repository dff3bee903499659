package io.neuralake.connector.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.connector.parquet.file.FileSketches;
import io.neuralake.connector.parquet.write.ParquetBatchWriter;
import io.neuralake.spi.catalog.ColumnStatistics;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.statistics.DistinctSketch;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/// What our writer keeps of distinct values, and when it is believed.
class FileSketchesTest {
    private static final int ROWS = 150_000;

    @TempDir private static Path folder;
    private static Path file;

    @BeforeAll
    static void write() throws SQLException {
        file =
                rewrite(
                        "t",
                        """
                        SELECT i AS key, (i // 12)::INTEGER AS clustered,
                          CASE WHEN i % 3 = 0 THEN (hash(i) % 40000)::BIGINT END AS spread,
                          'm' || (hash(i) % 7) AS mode, 'own text ' || i AS own,
                          (i % 5000 / 100)::DECIMAL(15, 2) AS price, i % 1000 / 7.0 AS number,
                          DATE '1992-01-01' + (hash(i) % 2500)::INT AS day,
                          i % 2 = 0 AS even, [i] AS list
                        FROM range(150000) r(i)
                        """);
    }

    /// Writes what DuckDB selects with our writer.
    private static Path rewrite(String name, String select) throws SQLException {
        Path source = folder.resolve("." + name + ".parquet");
        Path to = folder.resolve(name + ".parquet");
        try (DuckDb duckDb = new DuckDb();
                ParquetScan scan = new ParquetScan()) {
            duckDb.execute("COPY (" + select + ") TO '" + source + "' (FORMAT parquet)");
            TableSnapshot table = scan.open(source);
            try (ParquetBatchWriter writer = new ParquetBatchWriter(to, table.schema())) {
                scan.batches(table, ParquetScan.allColumns(table), writer::append);
                writer.finish();
            }
        }
        return to;
    }

    private static ColumnStatistics statistics(Path location, String column) {
        try (ParquetScan scan = new ParquetScan()) {
            TableSnapshot table = scan.open(location);
            for (int i = 0; i < table.schema().size(); i++) {
                if (table.schema().field(i).name().equals(column)) {
                    return table.statistics().column(i);
                }
            }
        }
        throw new AssertionError("No column " + column);
    }

    private static void assertDistinct(String column, double expected) {
        ColumnStatistics known = statistics(file, column);
        assertThat(known.distinctCount()).as(column).isBetween(expected * 0.92, expected * 1.08);
        assertThat(known.sketch()).as(column).isNotNull();
    }

    @Test
    void distinctValuesOfEveryTypeAreKnown() {
        assertDistinct("key", ROWS);
        assertDistinct("clustered", ROWS / 12.0);
        assertDistinct("spread", 40_000 * (1 - Math.exp(-ROWS / 3.0 / 40_000)));
        assertDistinct("own", ROWS);
        assertDistinct("price", 5000);
        assertDistinct("number", 1000);
        assertDistinct("day", 2500);
        assertThat(statistics(file, "mode").distinctCount()).isEqualTo(7);
        assertThat(statistics(file, "even").sketch()).isNull();
        assertThat(statistics(file, "list").sketch()).isNull();
    }

    @Test
    void sketchesOfAFileAreSmall() throws SQLException {
        String value = sketches(file);
        assertThat(value).hasSizeBetween(5 * 1024, 9 * 1500);
    }

    private static String sketches(Path path) throws SQLException {
        try (DuckDb duckDb = new DuckDb()) {
            List<List<@Nullable Object>> found =
                    duckDb.query(
                            "SELECT decode(value) FROM parquet_kv_metadata('%s') WHERE decode(key) = '%s'"
                                    .formatted(path, FileSketches.KEY));
            assertThat(found).hasSize(1);
            return String.valueOf(found.getFirst().getFirst());
        }
    }

    @Test
    void sketchesOfFilesAreMergedWhateverTheWidthOfIntegers() throws SQLException, IOException {
        Path table = Files.createDirectory(folder.resolve("merged"));
        Files.move(
                rewrite("a", "SELECT i::INTEGER AS k, 1 AS old FROM range(20000) r(i)"),
                table.resolve("a.parquet"));
        Files.move(
                rewrite("b", "SELECT i AS k FROM range(15000, 35000) r(i)"),
                table.resolve("b.parquet"));
        Files.move(
                rewrite("c", "SELECT NULL::BIGINT AS k FROM range(0) r(i)"),
                table.resolve("c.parquet"));

        ColumnStatistics known = statistics(table, "k");
        assertThat(known.sketch()).isNotNull();
        assertThat(known.distinctCount()).isBetween(32_000.0, 35_000.0);
        assertThat(statistics(table, "old").distinctCount()).isEqualTo(1);
    }

    @Test
    void aFileWithoutSketchLeavesTheOldEstimate() throws SQLException, IOException {
        Path table = Files.createDirectory(folder.resolve("mixed"));
        Files.move(
                rewrite("d", "SELECT i AS k FROM range(20000) r(i)"), table.resolve("d.parquet"));
        try (DuckDb duckDb = new DuckDb()) {
            duckDb.execute(
                    "COPY (SELECT i AS k FROM range(20000) r(i)) TO '%s' (FORMAT parquet)"
                            .formatted(table.resolve("e.parquet")));
        }
        ColumnStatistics known = statistics(table, "k");
        assertThat(known.sketch()).isNull();
        assertThat(known.distinctCount()).isEqualTo(20_000);
    }

    @Test
    void sketchesThatSomebodyCopiedAreIgnored() throws IOException, SQLException {
        Map<String, String> copied = Map.of(FileSketches.KEY, sketches(file));
        Path other = folder.resolve("other.parquet");
        GroupFile.write(
                other,
                "message t { required int64 key; }",
                ROWS,
                builder -> builder.withExtraMetaData(copied),
                (row, i) -> row.append("key", i % 3L));

        assertThat(sketches(other)).isEqualTo(copied.get(FileSketches.KEY));
        assertThat(statistics(other, "key").sketch()).isNull();
        assertThat(statistics(other, "key").distinctCount()).isEqualTo(3);
    }

    @Test
    void damagedSketchesAreIgnored() throws IOException, SQLException {
        String value = sketches(file);
        byte[] bytes = Base64.getDecoder().decode(value);
        byte[] later = bytes.clone();
        later[0] = 2;
        byte[] flipped = bytes.clone();
        flipped[500] ^= 1;
        for (String damaged :
                new String[] {
                    "",
                    "no base64!",
                    "AQ==",
                    value.substring(0, 400),
                    Base64.getEncoder().encodeToString(later),
                    Base64.getEncoder().encodeToString(flipped)
                }) {
            assertThat(replaced(value, damaged)).as(damaged).isNull();
        }
        assertThat(replaced(value, value)).isNotNull();
    }

    /// Replaces the metadata in the file by other of the same length, padded with what ends base64.
    private static @Nullable DistinctSketch replaced(String value, String by) throws IOException {
        byte[] content = Files.readAllBytes(file);
        String text = new String(content, StandardCharsets.ISO_8859_1);
        String padded = by + " ".repeat(value.length() - by.length());
        Path copy = folder.resolve("replaced.parquet");
        Files.write(copy, text.replace(value, padded).getBytes(StandardCharsets.ISO_8859_1));
        return statistics(copy, "key").sketch();
    }
}
