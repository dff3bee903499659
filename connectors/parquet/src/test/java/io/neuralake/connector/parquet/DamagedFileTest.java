package io.neuralake.connector.parquet;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;

/// Cuts and scrambles good files: each must be read or refused, without leak.
class DamagedFileTest {
    private static final long MEMORY = 256L << 20;
    private static final Set<ErrorCode> REFUSALS =
            Set.of(ErrorCode.CORRUPT_FILE, ErrorCode.UNSUPPORTED, ErrorCode.OUT_OF_MEMORY);

    @TempDir static Path folder;

    @BeforeAll
    static void write() throws SQLException {
        try (DuckDb duckDb = new DuckDb()) {
            duckDb.execute(
                    "CREATE TABLE t AS SELECT i::INT AS a, i::BIGINT * 7 AS b, i / 3.0::DOUBLE AS"
                        + " c, CASE WHEN i % 5 = 0 THEN NULL ELSE 'text ' || (i % 11) END AS d,"
                        + " 'long and different value ' || i AS e, i % 2 = 0 AS f, [i, NULL, i + 1]"
                        + " AS g, {'x': i, 'y': 'v' || i} AS h, (i / 100.0)::DECIMAL(30, 2) AS k"
                        + " FROM range(3000) r(i)");
            for (String codec :
                    new String[] {"zstd", "snappy", "uncompressed", "gzip", "lz4_raw", "brotli"}) {
                for (String version : new String[] {"v1", "v2"}) {
                    duckDb.execute(
                            "COPY t TO '"
                                    + folder.resolve(codec + version + ".parquet")
                                    + "' (FORMAT parquet, CODEC "
                                    + codec
                                    + ", ROW_GROUP_SIZE 2048, PARQUET_VERSION "
                                    + version
                                    + ")");
                }
            }
        }
    }

    @Test
    void truncatedFilesAreRefused() throws IOException {
        byte[] good = Files.readAllBytes(folder.resolve("zstdv1.parquet"));
        Path cut = folder.resolve("cut.parquet");
        for (int length = 0; length < good.length; length += 1 + length / 40) {
            Files.write(cut, Arrays.copyOf(good, length));
            assertThat(read(cut)).as("length %s", length).isEqualTo(ErrorCode.CORRUPT_FILE);
        }
    }

    @Test
    void shiftedPagesAreRefused() throws IOException {
        // The footer is intact, the bytes in front of it are not where it says.
        byte[] good = Files.readAllBytes(folder.resolve("snappyv1.parquet"));
        Path moved = folder.resolve("moved.parquet");
        for (int missing = 1; missing < good.length / 2; missing += 1 + missing / 2) {
            byte[] bytes = new byte[good.length - missing];
            System.arraycopy(good, 0, bytes, 0, 4);
            System.arraycopy(good, 4 + missing, bytes, 4, bytes.length - 4);
            Files.write(moved, bytes);
            assertThat(read(moved)).as("missing %s", missing).isIn(REFUSALS);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "zstdv1",
                "snappyv1",
                "uncompressedv1",
                "gzipv1",
                "lz4_rawv1",
                "brotliv1",
                "zstdv2",
                "snappyv2",
                "uncompressedv2",
                "gzipv2",
                "lz4_rawv2",
                "brotliv2"
            })
    void scrambledBytesNeverCrash(String name) throws IOException {
        long seed = name.hashCode();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] good = Files.readAllBytes(folder.resolve(name + ".parquet"));
        Path bad = folder.resolve("bad-" + name + ".parquet");
        for (int run = 0; run < 150; run++) {
            byte[] bytes = good.clone();
            int edits = 1 + random.nextInt(4);
            for (int i = 0; i < edits; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            Files.write(bad, bytes);
            ErrorCode code = read(bad);
            assertThat(code)
                    .isIn(
                            null,
                            ErrorCode.CORRUPT_FILE,
                            ErrorCode.UNSUPPORTED,
                            ErrorCode.OUT_OF_MEMORY);
        }
    }

    /// Reads all rows; returns the error, or null. The allocator is checked for leaks.
    private static ErrorCode read(Path file) {
        try (ParquetScan scan = new ParquetScan(MEMORY)) {
            try {
                scan.rows(file);
                return null;
            } catch (NeuralakeException e) {
                if (e.code() == ErrorCode.CORRUPT_FILE) {
                    assertThat(e).hasMessageContaining(file.toString());
                }
                return e.code();
            }
        }
    }
}
