package io.neuralake.connector.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.connector.parquet.page.PageCache;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.BatchSource;
import io.neuralake.spi.connector.ScanMetrics.Counter;
import io.neuralake.spi.connector.ScanRequest;
import io.neuralake.spi.connector.Split;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.CacheMemory;
import io.neuralake.spi.memory.LimitedReservation;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Scans through a page cache, which answers as the file does and leaks nothing.
class CachedScanTest {
    private static final int ROWS = 12_000;

    @TempDir Path folder;

    private final RootAllocator root = new RootAllocator();
    private final LimitedReservation pool = new LimitedReservation("server", 1L << 30, null);
    private @Nullable Cached opened;

    /// A format and its cache.
    private final class Cached implements AutoCloseable {
        private final CacheMemory memory;
        private final PageCache cache;
        private final ParquetFormat format;

        Cached(long limit) {
            memory =
                    new CacheMemory(
                            root.newChildAllocator("cache", 0, Long.MAX_VALUE), limit, pool);
            cache = new PageCache(memory);
            format = new ParquetFormat(cache);
        }

        @Override
        public void close() {
            cache.close();
            assertThat(cache.bytes()).isZero();
            memory.close();
        }
    }

    private Cached open(long limit) {
        Cached cached = new Cached(limit);
        opened = cached;
        return cached;
    }

    @AfterEach
    void nothingLeaks() {
        if (opened != null) {
            opened.close();
        }
        root.close();
    }

    private Path write(String name, String codec, String version) throws SQLException {
        Path file = folder.resolve(name);
        try (DuckDb duckDb = new DuckDb()) {
            duckDb.execute(
                    ("COPY (SELECT i::INT AS a, hash(i)::HUGEINT::DECIMAL(20, 0) AS b, CASE WHEN i"
                         + " %% 5 = 0 THEN NULL ELSE 'text ' || (i %% 11) END AS c, 'long and"
                         + " different value ' || hash(i) AS d, [i, NULL, i + 1] AS e FROM"
                         + " range(%s) r(i)) TO '%s' (FORMAT parquet, CODEC %s, ROW_GROUP_SIZE"
                         + " 10000, PARQUET_VERSION %s)")
                            .formatted(ROWS, file, codec, version));
        }
        return file;
    }

    private static List<List<@Nullable Object>> uncached(Path file) {
        try (ParquetScan scan = new ParquetScan()) {
            return scan.rows(file);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "zstd, v1",
        "zstd, v2",
        "snappy, v1",
        "snappy, v2",
        "gzip, v1",
        "lz4_raw, v2",
        "brotli, v1"
    })
    void secondScanReadsNoPageOfTheFile(String codec, String version) throws SQLException {
        Path file = write("t.parquet", codec, version);
        List<List<@Nullable Object>> rows = uncached(file);
        Cached cached = open(64 << 20);

        try (ParquetScan first = new ParquetScan(cached.format)) {
            assertThat(first.rows(file)).isEqualTo(rows);
            assertThat(first.metrics.get(Counter.PAGES)).isPositive();
            assertThat(first.metrics.get(Counter.PAGES_FROM_CACHE)).isZero();
            assertThat(first.metrics.get(Counter.BYTES_READ)).isPositive();
            assertThat(first.metrics.get(Counter.BYTES_DECOMPRESSED)).isPositive();
            assertThat(first.metrics.get(Counter.DECOMPRESSION_NANOS)).isPositive();
        }
        try (ParquetScan second = new ParquetScan(cached.format)) {
            assertThat(second.rows(file)).isEqualTo(rows);
            assertThat(second.metrics.get(Counter.PAGES_FROM_CACHE))
                    .isEqualTo(second.metrics.get(Counter.PAGES));
            assertThat(second.metrics.get(Counter.BYTES_READ)).isZero();
            assertThat(second.metrics.get(Counter.BYTES_DECOMPRESSED)).isZero();
            assertThat(second.metrics.get(Counter.DECOMPRESSION_NANOS)).isZero();
        }
    }

    @Test
    void valuesAreCountedByHowTheyAreStored() throws SQLException {
        Path file = write("t.parquet", "zstd", "v1");
        try (ParquetScan scan = new ParquetScan()) {
            scan.rows(file);
            // Four columns of single values and lists of three.
            assertThat(scan.metrics.get(Counter.VALUES)).isEqualTo(ROWS * 7L);
            // Column c has eleven values and nulls, d has no two alike.
            assertThat(scan.metrics.get(Counter.VALUES_AS_CODES)).isGreaterThanOrEqualTo(ROWS);
            assertThat(scan.metrics.get(Counter.VALUES_AS_TEXT)).isEqualTo(ROWS);
            assertThat(scan.metrics.get(Counter.BYTES_DECOMPRESSED))
                    .isGreaterThan(scan.metrics.get(Counter.BYTES_READ));
        }
    }

    @Test
    void pagesThatAreNotCompressedAreNotKept() throws SQLException {
        Path file = write("t.parquet", "uncompressed", "v2");
        Cached cached = open(64 << 20);
        for (int i = 0; i < 2; i++) {
            try (ParquetScan scan = new ParquetScan(cached.format)) {
                assertThat(scan.rows(file)).hasSize(ROWS);
                assertThat(scan.metrics.get(Counter.PAGES_FROM_CACHE)).isZero();
            }
        }
        assertThat(cached.cache.bytes()).isZero();
        assertThat(cached.cache.misses()).isZero();
    }

    /// Writes values that do not compress: files of the same layout, whose pages would fit each other.
    private static void writeNumbers(Path file, int from, long modified)
            throws SQLException, IOException {
        Files.deleteIfExists(file);
        try (DuckDb duckDb = new DuckDb()) {
            duckDb.execute(
                    "COPY (SELECT hash(i + %s)::HUGEINT::DECIMAL(20, 0) AS a FROM range(1000) r(i)) TO '%s' (FORMAT parquet, CODEC snappy)"
                            .formatted(from, file));
        }
        Files.setLastModifiedTime(file, FileTime.fromMillis(modified));
    }

    @Test
    void changedFileIsNotServedFromTheCache() throws SQLException, IOException {
        Path file = folder.resolve("t.parquet");
        Cached cached = open(64 << 20);
        for (int version = 0; version < 3; version++) {
            writeNumbers(file, 10_000 * version, 1_000_000 + version);
            for (int i = 0; i < 2; i++) {
                try (ParquetScan scan = new ParquetScan(cached.format)) {
                    assertThat(scan.rows(file)).isEqualTo(uncached(file));
                    assertThat(scan.metrics.get(Counter.PAGES_FROM_CACHE))
                            .isEqualTo(i == 0 ? 0 : scan.metrics.get(Counter.PAGES));
                }
            }
        }
    }

    /// Copies a file but for one byte of one value, and returns the values.
    private static List<List<@Nullable Object>> writeOtherNumbers(Path file, Path copy)
            throws IOException {
        byte[] good = Files.readAllBytes(file);
        for (int at = 100; at < good.length / 2; at++) {
            byte[] bytes = good.clone();
            bytes[at] ^= 1;
            Files.write(copy, bytes);
            try {
                List<List<@Nullable Object>> rows = uncached(copy);
                if (!rows.equals(uncached(file))) {
                    return rows;
                }
            } catch (NeuralakeException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_FILE); // no byte of a value
            }
        }
        throw new AssertionError("No byte of a value found");
    }

    @Test
    void replacedFileOfTheSameSizeAndTimeIsToldApartByWhatTheFileSystemKnows()
            throws SQLException, IOException {
        Path file = folder.resolve("t.parquet");
        Path other = folder.resolve("other.parquet");
        writeNumbers(file, 0, 1_000_000);
        List<List<@Nullable Object>> expected = writeOtherNumbers(file, other);
        Files.setLastModifiedTime(other, FileTime.fromMillis(1_000_000));
        assertThat(Files.size(file)).isEqualTo(Files.size(other));
        assertThat(uncached(file)).hasSameSizeAs(expected).isNotEqualTo(expected);
        Cached cached = open(64 << 20);
        try (ParquetScan scan = new ParquetScan(cached.format)) {
            scan.rows(file);
        }
        Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
        // Another format, whose footers and mappings are fresh, over the same pages.
        try (ParquetScan scan = new ParquetScan(new ParquetFormat(cached.cache))) {
            assertThat(scan.rows(file)).isEqualTo(expected);
            assertThat(scan.metrics.get(Counter.PAGES_FROM_CACHE)).isZero();
        }
    }

    @Test
    void damagedPagesAreNotKept() throws SQLException, IOException {
        Path file = folder.resolve("t.parquet");
        try (DuckDb duckDb = new DuckDb()) {
            duckDb.execute(
                    "COPY (SELECT 'value ' || hash(i) AS a FROM range(300) r(i)) TO '"
                            + file
                            + "' (FORMAT parquet, CODEC snappy)");
        }
        byte[] good = Files.readAllBytes(file);
        Cached cached = open(64 << 20);
        int refused = 0;
        for (int at = 4; at < good.length * 3 / 4; at += 13) {
            byte[] bytes = good.clone();
            bytes[at] ^= 0x55;
            Path bad = folder.resolve("bad" + at + ".parquet");
            Files.write(bad, bytes);
            long before = cached.cache.bytes();
            try (ParquetScan scan = new ParquetScan(cached.format)) {
                scan.rows(bad);
            } catch (NeuralakeException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_FILE);
                assertThat(cached.cache.bytes()).as("byte %s", at).isEqualTo(before);
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void fileWrittenToAfterItWasOpenedLeavesNoPages() throws SQLException, IOException {
        Path file = folder.resolve("t.parquet");
        writeNumbers(file, 0, 1_000_000);
        Cached cached = open(64 << 20);
        try (ParquetScan scan = new ParquetScan(cached.format)) {
            TableSnapshot table = scan.open(file);
            ScanRequest request = new ScanRequest(table, ParquetScan.allColumns(table), List.of());
            Split split = table.connector().splits(request, scan.metrics).next().orElseThrow();
            try (BatchSource source = table.connector().open(split, request, scan)) {
                Files.setLastModifiedTime(file, FileTime.fromMillis(2_000_000));
                assertThatThrownBy(source::read)
                        .hasMessageContaining("File changed while the query ran");
            }
        }
        assertThat(cached.cache.bytes()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {20_000, 300_000, 2_000_000})
    void manyReadersOfATinyCacheAnswerRight(int limit) throws Exception {
        Path file = write("t.parquet", "zstd", "v1");
        List<List<@Nullable Object>> rows = uncached(file);
        Cached cached = open(limit);
        int threads = 4;
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                running.add(
                        workers.submit(
                                () -> {
                                    for (int i = 0; i < 3; i++) {
                                        try (ParquetScan scan = new ParquetScan(cached.format)) {
                                            assertThat(scan.rows(file).equals(rows)).isTrue();
                                        }
                                    }
                                }));
            }
            for (Future<?> each : running) {
                each.get();
            }
        }
        assertThat(cached.cache.bytes()).isLessThanOrEqualTo(limit);
        assertThat(cached.cache.misses()).isPositive();
    }
}
