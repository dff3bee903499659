package io.neuralake.connector.parquet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.connector.RowFilter;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

class ChangedFileTest {
    private static final int ROWS = 40_000;

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

    @ParameterizedTest
    @ValueSource(strings = {"zstd", "snappy", "gzip", "lz4_raw", "brotli", "uncompressed"})
    void fileCutWhileItIsReadFailsTheReadAlone(String codec) throws SQLException {
        Path file = folder.resolve("t.parquet");
        write(file, codec, 100_000);

        assertThatThrownBy(() -> readWhile(file, () -> cut(file)))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR))
                .hasMessageContaining(file.toString());
    }

    @Test
    void fileWrittenToWhileItIsReadFailsTheRead() throws SQLException {
        Path file = folder.resolve("t.parquet");
        write(file, "zstd", 10_000);

        assertThatThrownBy(
                        () ->
                                readWhile(
                                        file,
                                        () ->
                                                Files.setLastModifiedTime(
                                                        file, FileTime.fromMillis(1))))
                .isInstanceOfSatisfying(
                        NeuralakeException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR));
    }

    @Test
    void fileRemovedOrReplacedWhileItIsReadIsReadAsItWas() throws SQLException {
        Path file = folder.resolve("t.parquet");
        Path other = folder.resolve("other.parquet");
        write(file, "zstd", 10_000);
        write(other, "zstd", 20_000);

        assertThat(
                        readWhile(
                                file,
                                () -> Files.move(other, file, StandardCopyOption.REPLACE_EXISTING)))
                .hasSize(ROWS);
        assertThat(readWhile(file, () -> Files.delete(file))).hasSize(ROWS);
    }

    private static void write(Path file, String codec, int groupRows) throws SQLException {
        try (DuckDb duckDb = new DuckDb()) {
            duckDb.execute(
                    "COPY (SELECT hash(i)::HUGEINT::DECIMAL(20, 0) a, 'value ' || hash(i) b FROM"
                            + " range(%s) r(i)) TO '%s' (FORMAT parquet, CODEC %s, ROW_GROUP_SIZE %s)"
                                    .formatted(ROWS, file, codec, groupRows));
        }
    }

    private interface Change {
        void run() throws IOException;
    }

    private static List<List<@Nullable Object>> readWhile(Path file, Change change) {
        try (ParquetScan scan = new ParquetScan()) {
            TableSnapshot table = scan.open(file);
            scan.filters = List.of(new ChangingFilter(change, new AtomicBoolean()));
            return scan.rows(table, ParquetScan.allColumns(table));
        }
    }

    /// Passes all rows; changes something between the first reading of its column and of the others.
    private record ChangingFilter(Change change, AtomicBoolean changed) implements RowFilter {
        @Override
        public int[] columns() {
            return new int[] {0};
        }

        @Override
        public int apply(Batch batch, MemorySegment passed) {
            if (!changed.getAndSet(true)) {
                try {
                    change.run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            Bitmap.fill(passed, batch.rowCount());
            return batch.rowCount();
        }
    }

    private static void cut(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() * 2 / 3);
        }
    }

    @Test
    void fileThatVanishedBeforeItWasReadIsNamed() throws IOException {
        int more = 70; // than stay mapped
        for (int i = 0; i < more; i++) {
            write(i + ".parquet", 10);
        }
        try (ParquetScan scan = new ParquetScan()) {
            TableSnapshot table = scan.open(folder);
            for (int i = 0; i < more; i++) {
                Files.delete(folder.resolve(i + ".parquet"));
            }
            assertThatThrownBy(() -> scan.rows(table, ParquetScan.allColumns(table)))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.FILE_NOT_FOUND))
                    .hasMessageContaining(".parquet");
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
