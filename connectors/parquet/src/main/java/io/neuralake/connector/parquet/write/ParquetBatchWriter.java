package io.neuralake.connector.parquet.write;

import io.neuralake.connector.parquet.file.FileSketches;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Schema;

import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/// Writes one Parquet file: zstd pages, dictionaries or differences ([ChunkEncoder]),
/// statistics, page index, sketches of the distinct values ([FileSketches]). Rows are collected column by
/// column; when a row group is full, other threads encode it, a column each, while the next one is collected. The
/// file is hidden beside the target until [#finish] moves it into place, so that a reader never sees a part of one.
/// Used by one thread.
public final class ParquetBatchWriter implements AutoCloseable {
    /// Of rows before they are encoded. Two row groups are in memory at once.
    private static final long ROW_GROUP_BYTES = 64L << 20;

    private static final int ROW_GROUP_ROWS = 122_880;

    /// Rows between two looks at the size of a row group.
    private static final int CHECK_ROWS = 1024;

    /// What a row takes in the file, as a share of what it takes in memory, before that is known.
    private static final double LIKELY_SHARE = 0.3;

    private static final String NO_SPACE = "No space left on device";

    private final Path target;
    private final Path hidden;
    private final MessageType message;
    private final BytesInputCompressor compressor;
    private final ClosableOutput output;
    private final ParquetFileWriter file;
    private final LeafColumns columns;
    private @Nullable RowGroupWriter encoding;
    private List<LeafBuffer> free = List.of();
    private int[] rows = new int[0];
    private int groupRows;
    private long rowCount;
    private long writtenRaw;
    private boolean open = true;
    private boolean finished;

    /// Starts a file.
    ///
    /// @param target replaced if it exists; its folder must exist
    public ParquetBatchWriter(Path target, Schema schema) {
        this(
                target,
                target.resolveSibling("." + target.getFileName() + ".tmp"),
                FileLayout.of(schema),
                Compression.DENSE);
    }

    /// Starts a file under its own name, for which nobody looks before it is finished.
    ///
    /// @param target replaced if it exists; its folder must exist
    public static ParquetBatchWriter inPlace(
            Path target, FileLayout layout, Compression compression) {
        return new ParquetBatchWriter(target, target, layout, compression);
    }

    private ParquetBatchWriter(
            Path target, Path hidden, FileLayout layout, Compression compression) {
        this.target = target;
        this.hidden = hidden;
        this.output = new ClosableOutput(hidden);
        this.message = ParquetTypes.message(layout);
        this.columns = new LeafColumns(layout, message);
        try {
            file =
                    new ParquetFileWriter(
                            output,
                            message,
                            ParquetFileWriter.Mode.OVERWRITE,
                            ROW_GROUP_BYTES,
                            0,
                            null,
                            ParquetProperties.builder().build());
        } catch (IOException e) {
            throw failed(e);
        }
        compressor =
                new ZstdCodecFactory(compression.level()).getCompressor(CompressionCodecName.ZSTD);
        try {
            file.start();
        } catch (IOException e) {
            NeuralakeException failure = failed(e);
            try {
                close();
            } catch (NeuralakeException more) {
                failure.addSuppressed(more);
            }
            throw failure;
        }
    }

    /// Writes the selected rows of a batch, which stays the caller's. Throws NOT_NULL_VIOLATION.
    public void append(Batch batch) {
        if (rows.length < batch.rowCount()) {
            rows = new int[batch.rowCount()];
        }
        DataBuffer selection = batch.selection();
        int count = 0;
        for (int i = 0; i < batch.rowCount(); i++) {
            if (selection == null || Bitmap.get(selection.segment(), i)) {
                rows[count++] = i;
            }
        }
        append(batch, rows, 0, count);
    }

    /// Writes some rows of a batch, which stays the caller's, whatever its selection. Throws NOT_NULL_VIOLATION.
    ///
    /// @param chosen positions of rows, of which those from `from`, inclusive, to `to` are written
    public void append(Batch batch, int[] chosen, int from, int to) {
        try {
            int at = from;
            while (at < to) {
                int count = Math.min(Math.min(to - at, CHECK_ROWS), ROW_GROUP_ROWS - groupRows);
                int[] some = new int[count];
                System.arraycopy(chosen, at, some, 0, count);
                columns.add(batch, some, count);
                groupRows += count;
                rowCount += count;
                at += count;
                if (groupRows == ROW_GROUP_ROWS || columns.bytes() > ROW_GROUP_BYTES) {
                    flush();
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Encodes the rows that are held, whose memory becomes free.
    public void flushRows() {
        try {
            flush();
            await();
            free = List.of();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void flush() throws IOException {
        await();
        if (groupRows > 0) {
            long group = groupRows;
            groupRows = 0;
            encoding =
                    new RowGroupWriter(
                            message, compressor, columns.swap(free), columns.encoders(), group);
            free = List.of();
        }
    }

    private void await() throws IOException {
        RowGroupWriter before = encoding;
        encoding = null;
        if (before != null) {
            try (before) {
                before.writeTo(file);
                writtenRaw += before.rawBytes();
            }
            free = before.leaves();
        }
    }

    /// Returns the number of rows.
    public long rowCount() {
        return rowCount;
    }

    /// Returns the bytes of memory that rows take which are not written yet.
    public long heldBytes() {
        return columns.bytes() + (encoding == null ? 0 : encoding.rawBytes());
    }

    /// Returns the size that the file would have if it was finished now, about.
    public long expectedBytes() {
        try {
            long written = file.getPos();
            double share = writtenRaw == 0 ? LIKELY_SHARE : (double) written / writtenRaw;
            return written + (long) (share * heldBytes());
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /// Completes the file and moves it to its name.
    public WrittenFile finish() {
        try {
            flush();
            await();
            file.end(
                    Map.of(
                            FileSketches.KEY,
                            FileSketches.encode(rowCount, file.getPos(), columns.sketches())));
            file.close();
            open = false;
            WrittenFile written = new WrittenFile(rowCount, Files.size(hidden), columns.columns());
            if (!hidden.equals(target)) {
                Files.move(hidden, target, StandardCopyOption.REPLACE_EXISTING);
            }
            finished = true;
            return written;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private NeuralakeException failed(IOException cause) {
        boolean full = cause.getMessage() != null && cause.getMessage().contains(NO_SPACE);
        return new NeuralakeException(
                full ? ErrorCode.DISK_FULL : ErrorCode.STORAGE_ERROR,
                "Cannot write Parquet file: " + target,
                cause);
    }

    /// Removes an unfinished file; idempotent.
    @Override
    public void close() {
        RowGroupWriter unfinished = encoding;
        encoding = null;
        try (Closeable _ = this::deleteUnfinished;
                Closeable _ = this::closeFile;
                Closeable _ = compressor::release) {
            if (unfinished != null) {
                unfinished.close();
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void closeFile() throws IOException {
        if (open) {
            open = false;
            try (output) {
                file.close();
            }
        }
    }

    private void deleteUnfinished() throws IOException {
        if (!finished) {
            Files.deleteIfExists(hidden);
        }
    }
}
