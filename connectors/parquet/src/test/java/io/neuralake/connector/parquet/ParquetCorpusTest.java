package io.neuralake.connector.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Reads the files of apache/parquet-testing, at several batch sizes, and compares with DuckDB.
class ParquetCorpusTest {
    private static final Set<String> DAMAGED =
            Set.of("rle-dict-uncompressed-corrupt-checksum.parquet");

    static Stream<String> files() throws IOException {
        Path corpus = corpus();
        if (!Files.isDirectory(corpus)) {
            System.out.println("SKIPPED ParquetCorpusTest: no corpus at " + corpus);
            return Stream.of("");
        }
        try (Stream<Path> files = Files.list(corpus)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".parquet"))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static Path corpus() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null && !Files.isDirectory(folder.resolve("connectors"))) {
            folder = folder.getParent();
        }
        return (folder == null ? Path.of("") : folder)
                .resolve("../shared/conformance/parquet/data")
                .normalize();
    }

    @ParameterizedTest
    @MethodSource("files")
    void equalsDuckDb(String name) throws SQLException {
        Assumptions.assumeFalse(name.isEmpty(), "the corpus is absent");
        Path file = corpus().resolve(name);
        if (DAMAGED.contains(name)) {
            failsAsCorrupt(file);
            return;
        }
        List<List<@Nullable Object>> expected;
        try (DuckDb duckDb = new DuckDb()) {
            expected = duckDb.query("SELECT * FROM read_parquet('" + file + "')");
        }
        for (int batchRows : new int[] {1, 7, 4096}) {
            if (batchRows < 7 && expected.size() > 2000) {
                continue;
            }
            try (ParquetScan scan = new ParquetScan()) {
                scan.batchRows = batchRows;
                assertThat(scan.rows(file)).isEqualTo(expected);
            }
        }
    }

    private static void failsAsCorrupt(Path file) {
        try (ParquetScan scan = new ParquetScan()) {
            assertThatThrownBy(() -> scan.rows(file))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> {
                                assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_FILE);
                                assertThat(e).hasMessageContaining(file.toString());
                            });
        }
    }
}
