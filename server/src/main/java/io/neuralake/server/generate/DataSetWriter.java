package io.neuralake.server.generate;

import io.neuralake.connector.parquet.write.ParquetBatchWriter;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Writes generated tables as Parquet files, one a table. A file appears under its name only when it
/// is whole.
public final class DataSetWriter {
    private static final int BATCH_ROWS = 4096;

    private DataSetWriter() {}

    /// Where a table's file goes.
    public enum Layout {
        /// `OUT/TABLE.parquet`.
        FILES,
        /// `OUT/TABLE/data.parquet`, so that OUT can be a schema of a lake.
        FOLDERS
    }

    /// Is told how far a table is.
    @FunctionalInterface
    public interface Progress {
        /// Reports `rows` written of about `expectedRows`.
        void report(String table, long rows, long expectedRows, boolean done);
    }

    /// Writes all tables below `out`, which is made if it is not there.
    public static void write(
            List<GeneratedTable> tables, Path out, Layout layout, Progress progress) {
        try (BufferAllocator arrow = new RootAllocator()) {
            MemoryAllocator allocator =
                    new ArrowAllocator(
                            arrow, new LimitedReservation("generate", Long.MAX_VALUE, null));
            for (GeneratedTable table : tables) {
                Path file =
                        switch (layout) {
                            case FILES -> out.resolve(table.name() + ".parquet");
                            case FOLDERS -> out.resolve(table.name()).resolve("data.parquet");
                        };
                Files.createDirectories(file.toAbsolutePath().getParent());
                write(table, file, allocator, progress);
            }
        } catch (IOException e) {
            throw new NeuralakeException(ErrorCode.STORAGE_ERROR, "Cannot make folder: " + out, e);
        }
    }

    private static void write(
            GeneratedTable table, Path file, MemoryAllocator allocator, Progress progress) {
        RowBuilder rows = new RowBuilder(table.schema(), BATCH_ROWS);
        try (ParquetBatchWriter writer = new ParquetBatchWriter(file, table.schema())) {
            long[] written = {0};
            table.generate(
                    rows,
                    row -> {
                        if (row.endRow() == BATCH_ROWS) {
                            written[0] += BATCH_ROWS;
                            append(writer, row, allocator);
                            progress.report(table.name(), written[0], table.expectedRows(), false);
                        }
                    });
            written[0] += rows.rowCount();
            append(writer, rows, allocator);
            writer.finish();
            progress.report(table.name(), written[0], table.expectedRows(), true);
        }
    }

    private static void append(
            ParquetBatchWriter writer, RowBuilder rows, MemoryAllocator allocator) {
        try (Batch batch = rows.take(allocator)) {
            writer.append(batch);
        }
    }
}
