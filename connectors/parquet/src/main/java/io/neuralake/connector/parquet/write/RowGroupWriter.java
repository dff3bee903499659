package io.neuralake.connector.parquet.write;

import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.schema.MessageType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Encodes the leaves of one row group, each on a thread of its own, while the caller collects the next one.
final class RowGroupWriter implements AutoCloseable {
    private final ColumnChunkPageWriteStore pages;
    private final List<LeafBuffer> leaves;
    private final long rowCount;
    private final List<CompletableFuture<Void>> tasks = new ArrayList<>();

    /// Starts encoding.
    ///
    /// @param leaves not changed before [#writeTo] or [#close] has returned
    /// @param encoders one a leaf
    RowGroupWriter(
            MessageType message,
            BytesInputCompressor compressor,
            List<LeafBuffer> leaves,
            List<ChunkEncoder> encoders,
            long rowCount) {
        this.leaves = leaves;
        this.rowCount = rowCount;
        this.pages =
                new ColumnChunkPageWriteStore(
                        compressor,
                        message,
                        HeapByteBufferAllocator.getInstance(),
                        ParquetProperties.DEFAULT_COLUMN_INDEX_TRUNCATE_LENGTH);
        for (int i = 0; i < leaves.size(); i++) {
            LeafBuffer leaf = leaves.get(i);
            ChunkEncoder encoder = encoders.get(i);
            tasks.add(EncodingThreads.run(() -> encode(leaf, encoder)));
        }
    }

    private void encode(LeafBuffer leaf, ChunkEncoder encoder) {
        try {
            encoder.encode(leaf, pages.getPageWriter(leaf.descriptor));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Returns the leaves, which are free again once the row group is written.
    List<LeafBuffer> leaves() {
        return leaves;
    }

    /// Returns the bytes of the rows before they are encoded.
    long rawBytes() {
        return leaves.stream().mapToLong(LeafBuffer::bytes).sum();
    }

    /// Waits for the encoders and writes the rows.
    void writeTo(ParquetFileWriter file) throws IOException {
        for (CompletableFuture<Void> task : tasks) {
            await(task);
        }
        file.startBlock(rowCount);
        pages.flushToFileWriter(file);
        file.endBlock();
    }

    private static void await(CompletableFuture<Void> task) throws IOException {
        try {
            task.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case UncheckedIOException failed -> throw failed.getCause();
                case RuntimeException failed -> throw failed;
                case Error failed -> throw failed;
                case null, default -> throw e;
            }
        }
    }

    /// Waits for the encoders, however they end, and frees what they made.
    @Override
    public void close() {
        for (CompletableFuture<Void> task : tasks) {
            task.handle((done, failed) -> null).join();
        }
        pages.close();
    }
}
