package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.neuralake.connector.parquet.ParquetConnector;
import io.neuralake.connector.parquet.ParquetFileReader;
import io.neuralake.connector.parquet.file.FileId;
import io.neuralake.spi.batch.Batch;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;

/// Reads one Parquet file of a log, a batch at a time. Fields that the file lacks are null.
final class CheckpointRows implements CloseableIterator<ColumnarBatch> {
    private final StructType schema;
    private final ParquetFileReader reader;
    private @Nullable ColumnarBatch next;
    private boolean closed;

    CheckpointRows(ParquetConnector parquet, FileStatus file, StructType schema) {
        this.schema = schema;
        this.reader =
                new ParquetFileReader(
                        parquet,
                        FileId.writtenOnce(file.getPath(), file.getSize()),
                        DeltaTypes.schema(schema));
    }

    @Override
    public boolean hasNext() {
        if (next == null && !closed) {
            try (Batch batch = reader.read()) {
                next = batch == null ? null : convert(batch);
            }
            if (next == null) {
                close();
            }
        }
        return next != null;
    }

    private ColumnarBatch convert(Batch batch) {
        List<ColumnVector> columns = new ArrayList<>();
        for (int i = 0; i < schema.length(); i++) {
            StructField field = schema.at(i);
            @Nullable Object[] values = new @Nullable Object[batch.rowCount()];
            for (int row = 0; row < values.length; row++) {
                values[row] = KernelValues.of(batch.column(i).value(row), field.getDataType());
            }
            columns.add(new ValueVector(field.getDataType(), values));
        }
        return new ValueBatch(schema, batch.rowCount(), columns);
    }

    @Override
    public ColumnarBatch next() {
        ColumnarBatch batch = hasNext() ? next : null;
        if (batch == null) {
            throw new NoSuchElementException();
        }
        next = null;
        return batch;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            reader.close();
        }
    }
}
