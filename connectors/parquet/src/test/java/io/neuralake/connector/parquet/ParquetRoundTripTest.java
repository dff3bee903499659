package io.neuralake.connector.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Reads what DuckDB wrote: every type, with nulls, in every codec and both page versions.
class ParquetRoundTripTest {
    private static final int ROWS = 5000;

    @TempDir static Path folder;
    private static DuckDb duckDb;

    @BeforeAll
    static void createTables() throws SQLException {
        duckDb = new DuckDb();
        duckDb.execute(
                """
                CREATE TABLE scalars AS SELECT
                  i AS id,
                  CASE WHEN i % 3 <> 0 THEN i % 2 = 0 END AS b,
                  CASE WHEN i % 7 <> 0 THEN (i % 256 - 128)::TINYINT END AS i8,
                  CASE WHEN i % 11 <> 0 THEN (i * 13 % 65536 - 32768)::SMALLINT END AS i16,
                  (hash(i) % 1000)::INTEGER - 500 AS i32,
                  CASE WHEN i < 3000 THEN (hash(i) >> 2)::BIGINT END AS i64,
                  (i % 256)::UTINYINT AS u8, (i % 65536)::USMALLINT AS u16,
                  (4294967295 - i)::UINTEGER AS u32, (18446744073709551615 - i)::UBIGINT AS u64,
                  CASE WHEN i % 50 = 0 THEN 'NaN'::FLOAT ELSE i / 7.0 END::FLOAT AS f32,
                  CASE WHEN i % 2 = 0 THEN -i / 9.0 END::DOUBLE AS f64,
                  (i / 100.0)::DECIMAL(9, 2) AS d9, (-i)::DECIMAL(18, 3) AS d18,
                  CASE WHEN i % 4 = 1 THEN (i * 1234567.891)::DECIMAL(38, 5) END AS d38,
                  'v' || (i % 17) AS dictionary,
                  CASE WHEN i % 5 <> 2 THEN repeat('x', (i % 40)::INT) || i END AS text,
                  CASE WHEN i < 2500 THEN 'few' ELSE 'many and long enough for the heap ' || i END AS fallback,
                  ('b' || i)::BLOB AS bin,
                  DATE '2000-01-01' + i::INT AS day, TIME '00:00:00' + INTERVAL (i) SECOND AS clock,
                  TIMESTAMP '1969-12-31 23:59:59.999999' + INTERVAL (i) SECOND AS ts,
                  (TIMESTAMP '2020-01-01' + INTERVAL (i) HOUR)::TIMESTAMPTZ AS tstz,
                  (TIMESTAMP '2020-01-01' + INTERVAL (i) HOUR)::TIMESTAMP_MS AS tsms,
                  (TIMESTAMP '2020-01-01' + INTERVAL (i) HOUR)::TIMESTAMP_NS AS tsns,
                  md5(i::VARCHAR)::UUID AS id128,
                  NULL::INTEGER AS nothing
                FROM range(ROWS) r(i)
                """
                        .replace("ROWS", Integer.toString(ROWS)));
        duckDb.execute(
                """
                CREATE TABLE nested AS SELECT
                  i AS id,
                  CASE WHEN i % 5 <> 0 THEN range(i % 4) END AS l,
                  CASE WHEN i % 7 <> 0 THEN [[i, NULL], NULL, [], ['9'::BIGINT]] END AS ll,
                  CASE WHEN i % 3 <> 0 THEN {'a': i, 'b': CASE WHEN i % 2 = 0 THEN 's' || (i % 9) END,
                    'c': {'d': i % 5, 'e': [i, i + 1]}} END AS s,
                  CASE WHEN i % 6 <> 0 THEN [{'x': i, 'y': ['p', NULL, 'q' || i]}, NULL] END AS ls,
                  CASE WHEN i % 4 <> 0 THEN MAP {'k' || (i % 3): i, 'z': NULL} END AS m,
                  CASE WHEN i % 2 = 0 THEN MAP {i: [{'v': i}]} END AS ml
                FROM range(ROWS) r(i)
                """
                        .replace("ROWS", Integer.toString(ROWS)));
    }

    @AfterAll
    static void close() throws SQLException {
        duckDb.close();
    }

    private static Path write(String table, String codec, String version) throws SQLException {
        Path file = folder.resolve(table + codec + version + ".parquet");
        duckDb.execute(
                "COPY %s TO '%s' (FORMAT parquet, CODEC %s, PARQUET_VERSION %s, ROW_GROUP_SIZE 2048)"
                        .formatted(table, file, codec, version));
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "uncompressed, v1", "uncompressed, v2", "snappy, v1", "snappy, v2", "zstd, v1", "zstd, v2",
        "gzip, v1", "gzip, v2", "lz4_raw, v1", "lz4_raw, v2", "brotli, v1", "brotli, v2"
    })
    void readsScalars(String codec, String version) throws SQLException {
        Path file = write("scalars", codec, version);
        List<List<@Nullable Object>> expected =
                duckDb.query("SELECT * FROM read_parquet('" + file + "')");
        for (int batchRows : new int[] {7, 1000, 4096}) {
            try (ParquetScan scan = new ParquetScan()) {
                scan.batchRows = batchRows;
                assertThat(scan.rows(file)).isEqualTo(expected);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"uncompressed, v1", "zstd, v2"})
    void readsNestedValues(String codec, String version) throws SQLException {
        Path file = write("nested", codec, version);
        List<List<@Nullable Object>> expected =
                duckDb.query("SELECT * FROM read_parquet('" + file + "')");
        for (int batchRows : new int[] {1, 7, 4096}) {
            try (ParquetScan scan = new ParquetScan()) {
                scan.batchRows = batchRows;
                assertThat(scan.rows(file)).isEqualTo(expected);
            }
        }
    }

    @Test
    void projectsMembers() throws SQLException {
        Path file = write("nested", "snappy", "v1");
        try (ParquetScan scan = new ParquetScan()) {
            TableSnapshot table = scan.open(file);
            int struct = table.schema().indexOf("s").orElseThrow();
            StructType inner =
                    new StructType(
                            List.of(
                                    Field.of("b", ScalarType.VARCHAR),
                                    Field.of("a", ScalarType.BIGINT)));
            List<ScanColumn> columns =
                    List.of(
                            new ScanColumn(
                                    "d",
                                    new ColumnPath(struct, List.of("c", "d")),
                                    ScalarType.BIGINT),
                            new ScanColumn(
                                    "e",
                                    new ColumnPath(struct, List.of("c", "e")),
                                    new io.neuralake.spi.type.ListType(ScalarType.BIGINT)),
                            new ScanColumn("s", ColumnPath.of(struct), inner));
            assertThat(scan.rows(table, columns))
                    .isEqualTo(
                            duckDb.query(
                                    "SELECT s.c.d, s.c.e, CASE WHEN s IS NOT NULL THEN {'b': s.b,"
                                            + " 'a': s.a} END FROM read_parquet('"
                                            + file
                                            + "')"));
        }
    }

    @Test
    void countsRowsWithoutColumns() throws SQLException {
        Path file = write("scalars", "snappy", "v1");
        try (ParquetScan scan = new ParquetScan()) {
            long[] rows = {0};
            scan.batches(
                    scan.open(file),
                    List.of(),
                    batch -> {
                        assertThat(batch.columnCount()).isZero();
                        rows[0] += batch.selectedCount();
                    });
            assertThat(rows[0]).isEqualTo(ROWS);
        }
    }

    @Test
    void readsHivePartitions() throws SQLException {
        Path root = folder.resolve("hive");
        duckDb.execute(
                "COPY (SELECT i AS id, 2020 + i % 3 AS year, CASE WHEN i % 2 = 0 THEN 'a b/c' END"
                    + " AS kind, DATE '2024-02-28' + (i % 2)::INT AS day FROM range(100) r(i)) TO '"
                        + root
                        + "' (FORMAT parquet, PARTITION_BY (year, kind, day))");
        try (ParquetScan scan = new ParquetScan()) {
            TableSnapshot table = scan.open(root);
            assertThat(table.schema().fields())
                    .extracting(Field::name, Field::type)
                    .containsExactly(
                            org.assertj.core.api.Assertions.tuple("id", ScalarType.BIGINT),
                            org.assertj.core.api.Assertions.tuple("year", ScalarType.BIGINT),
                            org.assertj.core.api.Assertions.tuple("kind", ScalarType.VARCHAR),
                            org.assertj.core.api.Assertions.tuple("day", ScalarType.DATE));
            List<List<@Nullable Object>> rows =
                    new ArrayList<>(scan.rows(table, ParquetScan.allColumns(table)));
            rows.sort((l, r) -> Long.compare((Long) l.getFirst(), (Long) r.getFirst()));
            assertThat(rows)
                    .isEqualTo(
                            duckDb.query(
                                    "SELECT i AS id, 2020 + i % 3, CASE WHEN i % 2 = 0 THEN 'a b/c'"
                                        + " END, DATE '2024-02-28' + (i % 2)::INT FROM range(100)"
                                        + " r(i) ORDER BY 1"));
        }
    }

    @Test
    void unitesFilesByNameAndWidensNumbers() throws SQLException {
        Path root = folder.resolve("union");
        root.toFile().mkdirs();
        root.resolve("_ignored").toFile().mkdirs();
        duckDb.execute(
                "COPY (SELECT 1::INT AS a, 'x' AS b, 1.5::FLOAT AS c) TO '" + root + "/1.parquet'");
        duckDb.execute(
                "COPY (SELECT 'y' AS b, 5000000000 AS a, 2.5::DOUBLE AS c, 7 AS d) TO '"
                        + root
                        + "/2.parquet'");
        duckDb.execute("COPY (SELECT 'no' AS q) TO '" + root + "/_ignored/3.parquet'");
        duckDb.execute("COPY (SELECT 'no' AS q) TO '" + root + "/.4.parquet'");
        try (ParquetScan scan = new ParquetScan()) {
            List<List<@Nullable Object>> rows = scan.rows(root);
            assertThat(rows.getFirst()).containsExactly(1L, "x", 1.5, null);
            assertThat(rows.get(1)).containsExactly(5_000_000_000L, "y", 2.5, 7L);
            assertThat(rows).hasSize(2);
            assertThat(scan.rows(root.resolve("[12].parquet"))).isEqualTo(rows);
        }
    }
}
