package io.neuralake.connector.parquet.write;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;

import java.io.IOException;
import java.util.List;

/// Collects the rows of one row group, encoded and compressed, and writes them to the file. Used by
/// one thread.
final class RowGroupWriter implements AutoCloseable {
    private final List<Field> fields;
    private final ColumnChunkPageWriteStore pages;
    private final ColumnWriteStore columns;
    private final RecordConsumer consumer;
    private final ValueWriter values;
    private long rowCount;

    /// Starts an empty row group.
    RowGroupWriter(
            Schema schema,
            MessageType message,
            ParquetProperties properties,
            BytesInputCompressor compressor) {
        this.fields = schema.fields();
        this.pages =
                new ColumnChunkPageWriteStore(
                        compressor,
                        message,
                        properties.getAllocator(),
                        properties.getColumnIndexTruncateLength());
        this.columns = properties.newColumnWriteStore(message, pages, pages);
        this.consumer = new ColumnIOFactory().getColumnIO(message).getRecordWriter(columns);
        this.values = new ValueWriter(consumer);
    }

    /// Adds a row of a batch.
    void add(Batch batch, int row) {
        consumer.startMessage();
        for (int c = 0; c < fields.size(); c++) {
            values.field(fields.get(c).name(), c, batch.column(c), row);
        }
        consumer.endMessage();
        rowCount++;
    }

    long rowCount() {
        return rowCount;
    }

    /// Returns the bytes held, about; takes a look at every column.
    long bufferedBytes() {
        return columns.getBufferedSize();
    }

    /// Writes the rows, of which there must be some.
    void writeTo(ParquetFileWriter file) throws IOException {
        consumer.flush();
        file.startBlock(rowCount);
        columns.flush();
        pages.flushToFileWriter(file);
        file.endBlock();
    }

    @Override
    public void close() {
        columns.close();
        pages.close();
    }
}
