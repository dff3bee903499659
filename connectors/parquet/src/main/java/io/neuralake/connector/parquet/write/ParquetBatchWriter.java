package io.neuralake.connector.parquet.write;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.api.WriteSupport;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/// Writes one Parquet file: zstd pages, dictionaries, statistics, page index. The rows go to a hidden
/// file beside the target, which [#finish] moves into place, so that a reader never sees a part of
/// one. Used by one thread.
public final class ParquetBatchWriter implements AutoCloseable {
    private static final int ZSTD_LEVEL = 3;
    private static final long ROW_GROUP_BYTES = 256L << 20;
    private static final int ROW_GROUP_ROWS = 122_880;
    private static final int PAGE_ROWS = 20_000;

    private final Path target;
    private final Path hidden;
    private final ParquetWriter<Row> writer;
    private boolean open = true;

    /// A row of a batch, reused for every row.
    private static final class Row {
        private @Nullable Batch batch;
        private int index;
    }

    /// Starts a file.
    ///
    /// @param target replaced if it exists; its folder must exist
    public ParquetBatchWriter(Path target, Schema schema) {
        this.target = target;
        this.hidden = target.resolveSibling("." + target.getFileName() + ".tmp");
        try {
            writer =
                    new Builder(new LocalOutputFile(hidden), schema)
                            .withConf(new PlainParquetConfiguration())
                            .withCodecFactory(new ZstdCodecFactory(ZSTD_LEVEL))
                            .withCompressionCodec(CompressionCodecName.ZSTD)
                            .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
                            .withRowGroupSize(ROW_GROUP_BYTES)
                            .withRowGroupRowCountLimit(ROW_GROUP_ROWS)
                            .withPageRowCountLimit(PAGE_ROWS)
                            .build();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Writes the selected rows of a batch, which stays the caller's.
    public void append(Batch batch) {
        Row row = new Row();
        row.batch = batch;
        DataBuffer selection = batch.selection();
        try {
            for (int i = 0; i < batch.rowCount(); i++) {
                if (selection == null || Bitmap.get(selection.segment(), i)) {
                    row.index = i;
                    writer.write(row);
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Completes the file and moves it to its name.
    public void finish() {
        try {
            open = false;
            writer.close();
            Files.move(hidden, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private NeuralakeException failed(IOException cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR, "Cannot write Parquet file: " + target, cause);
    }

    /// Removes an unfinished file; idempotent.
    @Override
    public void close() {
        try {
            if (open) {
                open = false;
                writer.close();
            }
            Files.deleteIfExists(hidden);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static final class Builder extends ParquetWriter.Builder<Row, Builder> {
        private final Schema schema;

        Builder(OutputFile file, Schema schema) {
            super(file);
            this.schema = schema;
        }

        @Override
        protected Builder self() {
            return this;
        }

        @Override
        @SuppressWarnings("deprecation") // abstract still
        protected WriteSupport<Row> getWriteSupport(Configuration configuration) {
            return new RowSupport(schema);
        }

        @Override
        protected WriteSupport<Row> getWriteSupport(ParquetConfiguration configuration) {
            return new RowSupport(schema);
        }
    }

    private static final class RowSupport extends WriteSupport<Row> {
        private final Schema schema;
        private final List<Field> fields;
        private @Nullable RecordConsumer consumer;
        private @Nullable ValueWriter values;

        RowSupport(Schema schema) {
            this.schema = schema;
            this.fields = schema.fields();
        }

        @Override
        @SuppressWarnings("deprecation") // abstract still
        public WriteContext init(Configuration configuration) {
            return context();
        }

        @Override
        public WriteContext init(ParquetConfiguration configuration) {
            return context();
        }

        private WriteContext context() {
            return new WriteContext(ParquetTypes.message(schema), Map.of());
        }

        @Override
        public void prepareForWrite(RecordConsumer recordConsumer) {
            consumer = recordConsumer;
            values = new ValueWriter(recordConsumer);
        }

        @Override
        public void write(Row row) {
            Batch batch = row.batch;
            if (consumer == null || values == null || batch == null) {
                throw new IllegalStateException("Writer was not prepared");
            }
            consumer.startMessage();
            for (int c = 0; c < fields.size(); c++) {
                values.field(fields.get(c).name(), c, batch.column(c), row.index);
            }
            consumer.endMessage();
        }
    }
}
