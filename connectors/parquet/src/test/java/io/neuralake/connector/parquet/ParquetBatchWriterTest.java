package io.neuralake.connector.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.neuralake.connector.parquet.write.Compression;
import io.neuralake.connector.parquet.write.FileLayout;
import io.neuralake.connector.parquet.write.ParquetBatchWriter;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/// Copies what DuckDB wrote, and reads the copy with DuckDB and with this connector.
class ParquetBatchWriterTest {
    @TempDir private Path folder;

    private Path source(DuckDb duckDb, String select) throws SQLException {
        Path file = folder.resolve("source.parquet");
        duckDb.execute("COPY (" + select + ") TO '" + file + "' (FORMAT parquet)");
        return file;
    }

    private Path copy(Path from) {
        Path to = folder.resolve("copy.parquet");
        try (ParquetScan scan = new ParquetScan()) {
            TableSnapshot table = scan.open(from);
            try (ParquetBatchWriter writer = new ParquetBatchWriter(to, table.schema())) {
                scan.batches(table, ParquetScan.allColumns(table), writer::append);
                writer.finish();
            }
        }
        return to;
    }

    private static String encodings(DuckDb duckDb, Path file, String column) throws SQLException {
        List<List<@Nullable Object>> found =
                duckDb.query(
                        "SELECT string_agg(DISTINCT encodings, ' ') FROM parquet_metadata('%s') WHERE path_in_schema = '%s'"
                                .formatted(file, column));
        return String.valueOf(found.getFirst().getFirst());
    }

    @Test
    void choosesEncodingsThatFitTheValues() throws SQLException {
        try (DuckDb duckDb = new DuckDb()) {
            Path from =
                    source(
                            duckDb,
                            """
                            SELECT i // 4 AS sorted,
                              (hash(i) % 1000000000)::BIGINT AS spread,
                              (hash(i) >> 1)::BIGINT AS random,
                              (i // 3)::INTEGER AS sorted32,
                              DATE '1992-01-01' + (hash(i) % 2500)::INT AS day,
                              CASE WHEN i % 5 <> 0 THEN (hash(i) % 50)::BIGINT END AS few,
                              CASE WHEN i % 7 <> 0 THEN i END AS gaps,
                              (hash(i) % 10000000 / 100.0)::DECIMAL(15, 2) AS price,
                              'mode ' || (hash(i) % 7) AS mode,
                              'a comment of its own ' || hash(i) AS comment,
                              hash(i) / 3.0 AS number,
                              i % 2 = 0 AS even
                            FROM range(150000) r(i)
                            """);
            Path to = copy(from);

            assertThat(
                            duckDb.query(
                                    "SELECT count(*) FROM '%1$s' x POSITIONAL JOIN '%2$s' y WHERE x IS DISTINCT FROM y"
                                            .formatted(from, to)))
                    .isEqualTo(List.of(List.of(0L)));
            try (ParquetScan scan = new ParquetScan()) {
                assertThat(scan.rows(to)).isEqualTo(scan.rows(from));
            }
            for (String column :
                    List.of("sorted", "spread", "random", "sorted32", "gaps", "price")) {
                assertThat(encodings(duckDb, to, column))
                        .contains("DELTA_BINARY_PACKED")
                        .doesNotContain("PLAIN");
            }
            for (String column : List.of("day", "few", "mode")) {
                assertThat(encodings(duckDb, to, column))
                        .contains("RLE_DICTIONARY")
                        .doesNotContain("DELTA");
            }
            assertThat(encodings(duckDb, to, "comment")).contains("DELTA_LENGTH_BYTE_ARRAY");
            assertThat(encodings(duckDb, to, "number")).contains("PLAIN");
            assertThat(
                            duckDb.query(
                                    "SELECT DISTINCT row_group_num_rows FROM parquet_metadata('%s') ORDER BY 1"
                                            .formatted(to)))
                    .isEqualTo(List.of(List.of(27_120L), List.of(122_880L)));
        }
    }

    @Test
    void writesNestedValuesAndAnEmptyTable() throws SQLException {
        try (DuckDb duckDb = new DuckDb()) {
            for (int rows : new int[] {3000, 0}) {
                Path from =
                        source(
                                duckDb,
                                """
                                SELECT i AS id, CASE WHEN i % 5 <> 0 THEN range(i % 4) END AS l,
                                  {'a': i, 'b': CASE WHEN i % 2 = 0 THEN 's' || (i % 9) END} AS s,
                                  MAP {'k' || (i % 3): i} AS m
                                FROM range(ROWS) r(i)
                                """
                                        .replace("ROWS", Integer.toString(rows)));
                Path to = copy(from);
                assertThat(duckDb.query("SELECT * FROM '" + to + "'"))
                        .hasSize(rows)
                        .isEqualTo(duckDb.query("SELECT * FROM '" + from + "'"));
            }
        }
    }

    @Test
    void anUnfinishedFileLeavesNothing() throws SQLException, IOException {
        try (DuckDb duckDb = new DuckDb();
                ParquetScan scan = new ParquetScan()) {
            Path from = source(duckDb, "SELECT i FROM range(5000) r(i)");
            TableSnapshot table = scan.open(from);
            Path to = folder.resolve("unfinished.parquet");
            try (ParquetBatchWriter writer = new ParquetBatchWriter(to, table.schema())) {
                scan.batches(table, ParquetScan.allColumns(table), writer::append);
            }
            try (Stream<Path> files = Files.list(folder)) {
                assertThat(files).containsExactly(from);
            }
            Path nowhere = folder.resolve("missing").resolve("file.parquet");
            assertThatThrownBy(() -> new ParquetBatchWriter(nowhere, table.schema()))
                    .isInstanceOf(NeuralakeException.class)
                    .hasMessageContaining("Cannot write Parquet file");
        }
    }

    @Test
    void aFileThatCannotBeFinishedLeavesNothing() throws SQLException, IOException {
        Path full = Path.of("/dev/full");
        Path open = Path.of("/proc/self/fd");
        assumeTrue(Files.exists(full) && Files.exists(open));
        Path target = Files.createSymbolicLink(folder.resolve("full.parquet"), full);
        try (DuckDb duckDb = new DuckDb();
                ParquetScan scan = new ParquetScan()) {
            TableSnapshot table =
                    scan.open(source(duckDb, "SELECT hash(i) AS h FROM range(50000) r(i)"));
            ParquetBatchWriter writer =
                    ParquetBatchWriter.inPlace(
                            target, FileLayout.of(table.schema()), Compression.QUICK);
            scan.batches(table, ParquetScan.allColumns(table), writer::append);
            assertThat(openFiles(open, full)).isOne();
            assertThatThrownBy(writer::finish)
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL));
            try {
                writer.close();
            } catch (NeuralakeException again) {
                // What is buffered cannot be written on closing either.
            }
            assertThat(openFiles(open, full)).isZero();
            assertThat(Files.exists(target, LinkOption.NOFOLLOW_LINKS)).isFalse();
        }
    }

    private static long openFiles(Path descriptors, Path file) throws IOException {
        long count = 0;
        try (Stream<Path> all = Files.list(descriptors)) {
            for (Path descriptor : all.toList()) {
                try {
                    count += Files.readSymbolicLink(descriptor).equals(file) ? 1 : 0;
                } catch (IOException closedMeanwhile) {
                    // The listing's own.
                }
            }
        }
        return count;
    }
}
