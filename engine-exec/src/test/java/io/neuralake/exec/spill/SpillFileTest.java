package io.neuralake.exec.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.neuralake.exec.row.RandomColumns;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

class SpillFileTest {
    private static final long SEED = 20_261_129;

    private final RootAllocator root = new RootAllocator();
    private final LimitedReservation reservation =
            new LimitedReservation("test", Long.MAX_VALUE, null);
    private final MemoryAllocator allocator = new ArrowAllocator(root, reservation);
    private final RandomColumns random = new RandomColumns(SEED);
    @TempDir private Path folder;

    @AfterEach
    void nothingLeaks() {
        assertThat(reservation.reservedBytes()).isZero();
        root.close();
    }

    private SpillFolder open(long limitBytes) {
        return new SpillFolder(new SpillSettings(folder, limitBytes, false));
    }

    private Batch batch(RandomColumns.Form form, int rows, double nullRate) {
        List<Column> columns = new ArrayList<>();
        for (Type type : RandomColumns.TYPES) {
            columns.add(random.column(allocator, type, form, rows, nullRate, 50));
        }
        return Batch.of(rows, columns.toArray(Column[]::new));
    }

    private static List<List<@Nullable Object>> values(Batch batch) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (int row = 0; row < batch.rowCount(); row++) {
            List<@Nullable Object> values = new ArrayList<>();
            for (Column column : batch.columns()) {
                Object value = column.value(row);
                values.add(value instanceof byte[] bytes ? ByteBuffer.wrap(bytes) : value);
            }
            rows.add(values);
        }
        return rows;
    }

    @ParameterizedTest
    @EnumSource
    void readsWhatWasWrittenInEveryTypeAndForm(RandomColumns.Form form) {
        long[] written = new long[1];
        try (SpillFolder spill = open(Long.MAX_VALUE);
                SpillFile file = new SpillFile(spill, bytes -> written[0] += bytes, _ -> {});
                SpillWriter writer = new SpillWriter(file, allocator)) {
            List<SpillBlock> blocks = new ArrayList<>();
            List<List<List<@Nullable Object>>> expected = new ArrayList<>();
            for (int rows : new int[] {1, 7, 64, 65, 1000, 2048}) {
                for (double nullRate : new double[] {0, 0.3, 1}) {
                    try (Batch batch = batch(form, rows, nullRate)) {
                        blocks.add(writer.write(batch));
                        expected.add(values(batch));
                    }
                }
            }
            SpillReader reader = new SpillReader(file, RandomColumns.TYPES);
            for (int i = blocks.size() - 1; i >= 0; i--) {
                try (Batch read = reader.read(blocks.get(i), allocator)) {
                    assertThat(values(read)).isEqualTo(expected.get(i));
                }
            }
            assertThat(written[0]).isEqualTo(file.bytes()).isEqualTo(spill.usedBytes());
        }
    }

    @Test
    void columnsOutliveTheirBatch() {
        try (SpillFolder spill = open(Long.MAX_VALUE);
                SpillFile file = new SpillFile(spill, _ -> {}, _ -> {});
                SpillWriter writer = new SpillWriter(file, allocator)) {
            SpillBlock block;
            List<List<@Nullable Object>> expected;
            try (Batch batch = batch(RandomColumns.Form.PLAIN, 100, 0.1)) {
                block = writer.write(batch);
                expected = values(batch);
            }
            Column kept;
            int strings = RandomColumns.TYPES.indexOf(ScalarType.VARCHAR);
            try (Batch read = new SpillReader(file, RandomColumns.TYPES).read(block, allocator)) {
                kept = read.column(strings).retain();
            }
            for (int row = 0; row < 100; row++) {
                assertThat(kept.value(row)).isEqualTo(expected.get(row).get(strings));
            }
            kept.release();
        }
    }

    @Test
    void closingDeletesTheFile() throws IOException {
        try (SpillFolder spill = open(Long.MAX_VALUE)) {
            SpillFile file = new SpillFile(spill, _ -> {}, _ -> {});
            write(file);
            assertThat(spillFiles()).isEqualTo(1);
            file.close();
            file.close();
            assertThat(spillFiles()).isZero();
            assertThat(spill.usedBytes()).isZero();
            assertThat(spill.writtenBytes()).isPositive();
        }
    }

    @Test
    void closingTheQueryDeletesItsFiles() throws IOException {
        try (SpillFolder spill = open(Long.MAX_VALUE)) {
            SpillArbiter arbiter = new SpillArbiter(() -> Long.MAX_VALUE, Long.MAX_VALUE, false);
            QuerySpill query = new QuerySpill(spill, arbiter, Long.MAX_VALUE);
            write(query.newFile(_ -> {}));
            write(query.newFile(_ -> {}));
            assertThat(spillFiles()).isEqualTo(2);
            query.close();
            assertThat(spillFiles()).isZero();
        }
    }

    private void write(SpillFile file) {
        try (SpillWriter writer = new SpillWriter(file, allocator);
                Batch batch = batch(RandomColumns.Form.PLAIN, 100, 0)) {
            writer.write(batch);
        }
    }

    private long spillFiles() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().startsWith("spill-")).count();
        }
    }

    @Test
    void exceedingTheSpillLimitIsDiskFull() {
        try (SpillFolder spill = open(100);
                SpillFile file = new SpillFile(spill, _ -> {}, _ -> {})) {
            assertThatThrownBy(() -> write(file))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL))
                    .hasMessageContaining("--spill-limit");
            assertThat(spill.usedBytes()).isZero();
        }
    }

    @Test
    void fullDisksAreRecognized() throws IOException {
        Path full = Path.of("/dev/full");
        assumeThat(full).exists();
        try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(100)))
                    .isInstanceOfSatisfying(
                            IOException.class,
                            e ->
                                    assertThat(SpillFolder.error("cannot write", folder, e).code())
                                            .isEqualTo(ErrorCode.DISK_FULL));
        }
    }

    @Test
    void otherErrorsAreStorageErrors() {
        assertThat(SpillFolder.error("cannot write", folder, new IOException("Broken")).code())
                .isEqualTo(ErrorCode.STORAGE_ERROR);
    }

    @Test
    void filesThatWereCutOffAreAnError() throws IOException {
        try (SpillFolder spill = open(Long.MAX_VALUE);
                SpillFile file = new SpillFile(spill, _ -> {}, _ -> {});
                SpillWriter writer = new SpillWriter(file, allocator)) {
            SpillBlock block;
            try (Batch batch = batch(RandomColumns.Form.PLAIN, 100, 0)) {
                block = writer.write(batch);
            }
            try (Stream<Path> files = Files.walk(folder)) {
                Path path = files.filter(f -> f.endsWith("spill-1")).findFirst().orElseThrow();
                try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
                    channel.truncate(50);
                }
            }
            assertThatThrownBy(
                            () -> new SpillReader(file, RandomColumns.TYPES).read(block, allocator))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_ERROR));
        }
    }

    @Test
    void filesThatWereChangedAreAnError() throws IOException {
        try (SpillFolder spill = open(Long.MAX_VALUE);
                SpillFile file = new SpillFile(spill, _ -> {}, _ -> {});
                SpillWriter writer = new SpillWriter(file, allocator)) {
            SpillBlock block;
            try (Batch batch = batch(RandomColumns.Form.CONSTANT, 1000, 0)) {
                block = writer.write(batch);
            }
            assertThat(block.storedBytes()).isLessThan(block.rawBytes());
            try (Stream<Path> files = Files.walk(folder)) {
                Path path = files.filter(f -> f.endsWith("spill-1")).findFirst().orElseThrow();
                Files.write(path, new byte[block.storedBytes()]);
            }
            assertThatThrownBy(
                            () -> new SpillReader(file, RandomColumns.TYPES).read(block, allocator))
                    .isInstanceOfSatisfying(
                            NeuralakeException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_FILE));
        }
    }
}
