package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.engine.ParquetHandler;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.DataFileStatus;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.connector.delta.log.LogFileWriter;
import io.neuralake.connector.parquet.ParquetConnector;
import io.neuralake.spi.type.Schema;
import io.neuralake.storage.ObjectStore;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/// Reads and writes checkpoints.
final class LogParquet implements ParquetHandler {
    private final ObjectStore store;
    private final ParquetConnector parquet;

    LogParquet(ObjectStore store, ParquetConnector parquet) {
        this.store = store;
        this.parquet = parquet;
    }

    @Override
    public CloseableIterator<FileReadResult> readParquetFiles(
            CloseableIterator<FileStatus> files, StructType schema, Optional<Predicate> predicate) {
        return new CloseableIterator<>() {
            private String path = "";
            private CloseableIterator<ColumnarBatch> batches = empty();

            @Override
            public boolean hasNext() {
                while (!batches.hasNext() && files.hasNext()) {
                    FileStatus file = files.next();
                    path = file.getPath();
                    batches = batches(file, schema);
                }
                return batches.hasNext();
            }

            @Override
            public FileReadResult next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return new FileReadResult(batches.next(), path);
            }

            @Override
            public void close() throws IOException {
                batches.close();
                files.close();
            }
        };
    }

    private static CloseableIterator<ColumnarBatch> empty() {
        return Utils.toCloseableIterator(Collections.emptyIterator());
    }

    /// Reads one file; the caller closes the iterator.
    CloseableIterator<ColumnarBatch> batches(FileStatus file, StructType schema) {
        return new CheckpointRows(parquet, file, schema);
    }

    /// Not used: data files are written by this project, not by the kernel.
    @Override
    public CloseableIterator<DataFileStatus> writeParquetFiles(
            String folder, CloseableIterator<FilteredColumnarBatch> data, List<Column> statistics) {
        throw new UnsupportedOperationException("The kernel writes no data files");
    }

    @Override
    public void writeParquetFileAtomically(
            String path, CloseableIterator<FilteredColumnarBatch> data) throws IOException {
        try (data) {
            if (!data.hasNext()) {
                throw new IOException("A Parquet file without rows has no schema: " + path);
            }
            FilteredColumnarBatch first = data.next();
            Schema schema = DeltaTypes.schema(first.getData().getSchema());
            try (LogFileWriter writer = new LogFileWriter(schema)) {
                append(first, writer);
                while (data.hasNext()) {
                    append(data.next(), writer);
                }
                LogFiles.write(store, path, Files.readAllBytes(writer.finish()), false);
            }
        }
    }

    private static void append(FilteredColumnarBatch batch, LogFileWriter writer) {
        ColumnarBatch rows = batch.getData();
        ColumnVector selection = batch.getSelectionVector().orElse(null);
        for (int row = 0; row < rows.getSize(); row++) {
            if (selection == null || !selection.isNullAt(row) && selection.getBoolean(row)) {
                List<@Nullable Object> values = new ArrayList<>();
                for (int i = 0; i < rows.getSchema().length(); i++) {
                    values.add(KernelValues.java(rows.getColumnVector(i), row));
                }
                writer.append(values);
            }
        }
    }
}
