package io.neuralake.connector.delta.engine;

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
import io.neuralake.connector.parquet.ParquetConnector;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/// Reads checkpoints.
final class LogParquet implements ParquetHandler {
    private final ParquetConnector parquet;

    LogParquet(ParquetConnector parquet) {
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

    @Override
    public CloseableIterator<DataFileStatus> writeParquetFiles(
            String folder, CloseableIterator<FilteredColumnarBatch> data, List<Column> statistics) {
        throw KernelEngine.readOnly();
    }

    @Override
    public void writeParquetFileAtomically(
            String path, CloseableIterator<FilteredColumnarBatch> data) {
        throw KernelEngine.readOnly();
    }
}
