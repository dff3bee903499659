package io.neuralake.connector.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

class ChangedFileTest {
    @TempDir Path folder;

    private Path write(String name, int rows) throws IOException {
        Path file = folder.resolve(name);
        Files.deleteIfExists(file);
        GroupFile.write(
                file,
                "message t { required int32 a; }",
                rows,
                builder -> builder,
                (row, i) -> row.append("a", i));
        return file;
    }

    @Test
    void snapshotOfATruncatedFileIsRefused() throws IOException {
        Path file = write("t.parquet", 5000);
        try (ParquetScan scan = new ParquetScan()) {
            TableSnapshot table = scan.open(file);
            byte[] bytes = Files.readAllBytes(file);
            Files.write(file, Arrays.copyOf(bytes, 100));
            assertThatThrownBy(() -> scan.rows(table, ParquetScan.allColumns(table)))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR));
        }
    }

    @Test
    void newVersionsAndNewFilesAreSeen() throws IOException {
        write("1.parquet", 10);
        try (ParquetScan scan = new ParquetScan()) {
            TableSnapshot first = scan.open(folder);
            assertThat(scan.open(folder)).isSameAs(first);
            assertThat(scan.rows(folder)).hasSize(10);
            write("2.parquet", 7);
            assertThat(scan.open(folder).version()).isNotEqualTo(first.version());
            assertThat(scan.rows(folder)).hasSize(17);
            write("1.parquet", 3);
            assertThat(scan.rows(folder)).hasSize(10);
        }
    }

    @Test
    void missingFilesAreNamed() {
        try (ParquetScan scan = new ParquetScan()) {
            for (String name : List.of("none.parquet", "none*.parquet", "no/such/*.parquet")) {
                assertThatThrownBy(() -> scan.open(folder.resolve(name)))
                        .isInstanceOfSatisfying(
                                NeuralakeException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND))
                        .hasMessageContaining(name);
            }
        }
    }
}
