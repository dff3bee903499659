package io.neuralake.connector.parquet.file;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Maps a local file. Ranges are slices of the mapping, without copy; the mapping ends when the file
/// is closed and the last range was released.
public final class MappedFile implements DataFile {
    private final String path;
    private final @Nullable Object key;
    private final MemorySegment segment;
    private final DataBuffer mapping;
    private boolean closed;

    private MappedFile(
            String path, @Nullable Object key, MemorySegment segment, DataBuffer mapping) {
        this.path = path;
        this.key = key;
        this.segment = segment;
        this.mapping = mapping;
    }

    /// Maps a file. Throws FILE_NOT_FOUND or STORAGE_ERROR.
    ///
    /// @param key what the file system knows the file by
    @SuppressWarnings("MustBeClosedChecker") // the last release closes the arena
    public static MappedFile open(Path file, @Nullable Object key) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment segment =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
            return new MappedFile(
                    file.toString(), key, segment, DataBuffer.ofSegment(segment, arena::close));
        } catch (NoSuchFileException e) {
            arena.close();
            throw new NeuralakeException(ErrorCode.FILE_NOT_FOUND, "File not found: " + file, e);
        } catch (IOException e) {
            arena.close();
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR, "File cannot be read: " + file + ": " + e, e);
        }
    }

    /// Returns the same file with a life of its own.
    public MappedFile share() {
        return new MappedFile(path, key, segment, mapping.retain());
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public @Nullable Object key() {
        return key;
    }

    @Override
    public long size() {
        return segment.byteSize();
    }

    @Override
    public boolean isMapped() {
        return true;
    }

    @Override
    public DataBuffer read(long offset, long bytes) {
        check(offset, bytes);
        mapping.retain();
        // Detached from the arena: kernels need not check liveness, the reference count guards it.
        MemorySegment range = NativeMemory.segment(segment.address() + offset, bytes);
        return DataBuffer.ofSegment(range, mapping::release);
    }

    @Override
    public void copy(long offset, MemorySegment target) {
        check(offset, target.byteSize());
        MemorySegment.copy(segment, offset, target, 0, target.byteSize());
    }

    private void check(long offset, long bytes) {
        if (offset < 0 || bytes < 0 || bytes > segment.byteSize() - offset) {
            throw new CorruptFile("a part of " + bytes + " bytes lies outside of the file");
        }
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            mapping.release();
        }
    }
}
