package io.neuralake.connector.parquet.write;

import io.neuralake.connector.parquet.file.FileSketches;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.statistics.ColumnSketches;
import io.neuralake.spi.type.Schema;

import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;

/// Writes one Parquet file: zstd pages, dictionaries or differences ([ColumnEncodings]),
/// statistics, page index, sketches of the distinct values ([FileSketches]). The rows go to a hidden file beside the target, which [#finish] moves
/// into place, so that a reader never sees a part of one. Used by one thread.
public final class ParquetBatchWriter implements AutoCloseable {
    private static final int ZSTD_LEVEL = 3;
    private static final long ROW_GROUP_BYTES = 256L << 20;
    private static final int ROW_GROUP_ROWS = 122_880;
    private static final int PAGE_ROWS = 20_000;

    /// Rows between two looks at the size of a row group.
    private static final int CHECK_ROWS = 1024;

    private final Path target;
    private final Path hidden;
    private final Schema schema;
    private final MessageType message;
    private final ParquetProperties properties;
    private final BytesInputCompressor compressor =
            new ZstdCodecFactory(ZSTD_LEVEL).getCompressor(CompressionCodecName.ZSTD);
    private final ParquetFileWriter file;
    private final ColumnSketches sketches;
    private @Nullable RowGroupWriter rowGroup;
    private boolean open = true;

    /// Starts a file.
    ///
    /// @param target replaced if it exists; its folder must exist
    public ParquetBatchWriter(Path target, Schema schema) {
        this.target = target;
        this.hidden = target.resolveSibling("." + target.getFileName() + ".tmp");
        this.schema = schema;
        this.message = ParquetTypes.message(schema);
        this.sketches = new ColumnSketches(schema.fields());
        this.properties =
                ParquetProperties.builder()
                        .withPageRowCountLimit(PAGE_ROWS)
                        .withValuesWriterFactory(new ColumnEncodings())
                        .build();
        try {
            file =
                    new ParquetFileWriter(
                            new LocalOutputFile(hidden),
                            message,
                            ParquetFileWriter.Mode.OVERWRITE,
                            ROW_GROUP_BYTES,
                            0,
                            null,
                            properties);
            file.start();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Writes the selected rows of a batch, which stays the caller's.
    public void append(Batch batch) {
        DataBuffer selection = batch.selection();
        sketches.add(batch);
        try {
            for (int i = 0; i < batch.rowCount(); i++) {
                if (selection == null || Bitmap.get(selection.segment(), i)) {
                    append(batch, i);
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void append(Batch batch, int row) throws IOException {
        RowGroupWriter group = rowGroup;
        if (group == null) {
            group = new RowGroupWriter(schema, message, properties, compressor);
            rowGroup = group;
        }
        group.add(batch, row);
        long rows = group.rowCount();
        if (rows == ROW_GROUP_ROWS
                || rows % CHECK_ROWS == 0 && group.bufferedBytes() > ROW_GROUP_BYTES) {
            flush(group);
        }
    }

    private void flush(RowGroupWriter group) throws IOException {
        rowGroup = null;
        try (group) {
            group.writeTo(file);
        }
    }

    /// Completes the file and moves it to its name.
    public void finish() {
        try {
            if (rowGroup != null) {
                flush(rowGroup);
            }
            open = false;
            file.end(Map.of(FileSketches.KEY, encodedSketches()));
            file.close();
            Files.move(hidden, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private String encodedSketches() throws IOException {
        return FileSketches.encode(sketches.rowCount(), file.getPos(), sketches.sketches());
    }

    private NeuralakeException failed(IOException cause) {
        return new NeuralakeException(
                ErrorCode.STORAGE_ERROR, "Cannot write Parquet file: " + target, cause);
    }

    /// Removes an unfinished file; idempotent.
    @Override
    public void close() {
        try {
            if (rowGroup != null) {
                rowGroup.close();
                rowGroup = null;
            }
            if (open) {
                open = false;
                file.close();
            }
            Files.deleteIfExists(hidden);
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
