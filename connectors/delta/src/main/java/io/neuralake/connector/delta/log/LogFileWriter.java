package io.neuralake.connector.delta.log;

import io.neuralake.connector.parquet.write.ParquetBatchWriter;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes rows in Java form to a Parquet file of a log, first as a local file of no name of its own. Its
/// memory is not counted against a query. For one thread.
public final class LogFileWriter implements AutoCloseable {
    private static final int BATCH_ROWS = 4096;

    private final Schema schema;
    private final RootAllocator root = new RootAllocator();
    private final MemoryAllocator allocator =
            new ArrowAllocator(root, new LimitedReservation("log file", Long.MAX_VALUE, null));
    private final Path file;
    private final ParquetBatchWriter writer;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();

    /// Starts a file. Throws STORAGE_ERROR.
    public LogFileWriter(Schema schema) {
        this.schema = schema;
        try {
            file = Files.createTempFile("neuralake-log-", ".parquet");
        } catch (IOException e) {
            root.close();
            throw failed(e);
        }
        writer = new ParquetBatchWriter(file, schema);
    }

    /// Adds a row, with a value for each column.
    public void append(List<@Nullable Object> row) {
        rows.add(row);
        if (rows.size() == BATCH_ROWS) {
            flush();
        }
    }

    private void flush() {
        if (rows.isEmpty()) {
            return;
        }
        Column[] columns = new Column[schema.size()];
        int built = 0;
        try {
            for (; built < columns.length; built++) {
                int at = built;
                List<@Nullable Object> values = new ArrayList<>(rows.size());
                rows.forEach(row -> values.add(row.get(at)));
                columns[at] = ColumnBuilder.of(allocator, schema.field(at).type(), values);
            }
        } catch (RuntimeException | Error e) {
            for (int i = 0; i < built; i++) {
                columns[i].release();
            }
            throw e;
        }
        try (Batch batch = Batch.of(rows.size(), columns)) {
            writer.append(batch);
        }
        rows.clear();
    }

    /// Completes the file and returns it; [#close] deletes it, if it is still there.
    public Path finish() {
        flush();
        writer.finish();
        return file;
    }

    private static NeuralakeException failed(IOException cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR, "Cannot write a temporary file: " + cause, cause);
    }

    /// Deletes the local file; idempotent.
    @Override
    public void close() {
        writer.close();
        root.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
