package io.neuralake.exec.spill;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/// A temporary file of blocks, which several threads may append to and read. Opened with the first
/// block, deleted by [#close]. Thread-safe, but nobody may use it while it is closed.
public final class SpillFile implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SpillFile.class.getName());

    private final SpillFolder folder;
    private final LongConsumer onWrite;
    private final Consumer<SpillFile> onClose;
    private final AtomicLong end = new AtomicLong();
    private volatile @Nullable FileChannel channel;
    private @Nullable Path path;
    private boolean closed;

    /// @param onWrite is told the bytes of each block
    SpillFile(SpillFolder folder, LongConsumer onWrite, Consumer<SpillFile> onClose) {
        this.folder = folder;
        this.onWrite = onWrite;
        this.onClose = onClose;
    }

    /// Returns the bytes of the file.
    public long bytes() {
        return end.get();
    }

    /// Writes bytes behind all others and returns their offset. Throws DISK_FULL (53100) or
    /// STORAGE_ERROR (58030).
    long append(MemorySegment bytes) {
        FileChannel out = channel();
        long size = bytes.byteSize();
        folder.reserve(size);
        long offset = end.getAndAdd(size);
        ByteBuffer buffer = bytes.asByteBuffer();
        try {
            while (buffer.hasRemaining()) {
                out.write(buffer, offset + buffer.position());
            }
        } catch (IOException e) {
            throw SpillFolder.error("cannot write", path(), e);
        }
        onWrite.accept(size);
        return offset;
    }

    /// Reads the bytes from `offset` on until `to` is full.
    void read(long offset, MemorySegment to) {
        FileChannel in = channel();
        ByteBuffer buffer = to.asByteBuffer();
        try {
            while (buffer.hasRemaining()) {
                if (in.read(buffer, offset + buffer.position()) < 0) {
                    throw new NeuralakeException(
                            ErrorCode.STORAGE_ERROR,
                            "Spilling failed: file was cut off: " + path());
                }
            }
        } catch (IOException e) {
            throw SpillFolder.error("cannot read", path(), e);
        }
    }

    private FileChannel channel() {
        FileChannel open = channel;
        return open == null ? open() : open;
    }

    private synchronized FileChannel open() {
        FileChannel open = channel;
        if (open != null) {
            return open;
        }
        if (closed) {
            throw new IllegalStateException("Spill file is closed");
        }
        Path made = folder.newFile();
        path = made;
        try {
            open = FileChannel.open(made, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw SpillFolder.error("cannot open", made, e);
        }
        channel = open;
        return open;
    }

    private synchronized Path path() {
        return path == null ? folder.settings().folder() : path;
    }

    /// Deletes the file; idempotent.
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            FileChannel open = channel;
            Path made = path;
            try {
                if (open != null) {
                    open.close();
                }
                if (made != null) {
                    Files.deleteIfExists(made);
                }
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot delete a spill file: " + made, e);
            }
            folder.release(end.get());
        }
        onClose.accept(this);
    }
}
