package io.neuralake.connector.parquet.page;

import io.neuralake.connector.parquet.file.CorruptFile;
import io.neuralake.connector.parquet.file.DataFile;
import io.neuralake.connector.parquet.file.ThriftReader;
import io.neuralake.spi.batch.DataBuffer;

import org.apache.parquet.format.PageHeader;
import org.jspecify.annotations.Nullable;

/// Reads the headers of a chunk's pages. Of a mapped file the whole chunk is at hand; of another one just what a
/// header needs is read, so that it costs neither memory nor time what else the chunk holds. For one thread.
final class PageHeaders implements AutoCloseable {
    /// Headers without statistics are much shorter, others longer.
    private static final int FIRST_GUESS = 256;

    private static final int GROWTH = 16;

    private final DataFile file;
    private final long start;
    private final long chunkBytes;
    private final @Nullable DataBuffer chunk;
    private final @Nullable ThriftReader reader;
    private long position;

    /// @param start of the chunk in the file
    PageHeaders(DataFile file, long start, long chunkBytes) {
        this.file = file;
        this.start = start;
        this.chunkBytes = chunkBytes;
        this.chunk = file.isMapped() ? file.read(start, chunkBytes) : null;
        this.reader = chunk == null ? null : new ThriftReader(chunk.segment());
    }

    long chunkBytes() {
        return chunkBytes;
    }

    /// Returns the position in the chunk behind what was read and skipped.
    long position() {
        return position;
    }

    void moveTo(long inChunk) {
        position = inChunk;
    }

    void skip(long bytes) {
        position += bytes;
    }

    PageHeader next() {
        ThriftReader headers = reader;
        if (headers == null) {
            return fromWindow();
        }
        headers.position(position);
        PageHeader header = headers.pageHeader();
        position = headers.position();
        return header;
    }

    private PageHeader fromWindow() {
        long left = chunkBytes - position;
        for (long window = Math.min(FIRST_GUESS, left);
                ;
                window = Math.min(window * GROWTH, left)) {
            DataBuffer bytes = file.read(start + position, window);
            try {
                ThriftReader headers = new ThriftReader(bytes.segment());
                PageHeader header = headers.pageHeader();
                position += headers.position();
                return header;
            } catch (CorruptFile e) {
                if (window == left) {
                    throw e;
                }
            } finally {
                bytes.release();
            }
        }
    }

    @Override
    public void close() {
        if (chunk != null) {
            chunk.release();
        }
    }
}
