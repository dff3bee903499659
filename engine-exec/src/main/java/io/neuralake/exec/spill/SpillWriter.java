package io.neuralake.exec.spill;

import com.github.luben.zstd.Zstd;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Encodes, compresses and writes batches to a [SpillFile]. Holds memory for the largest batch it
/// wrote, twice. Belongs to one thread.
public final class SpillWriter implements AutoCloseable {
    private static final int LEVEL = 1;

    private final SpillFile file;
    private final MemoryAllocator allocator;
    private final BatchEncoder encoder;
    private @Nullable DataBuffer compressed;

    /// Writes to `file`, which stays the caller's.
    public SpillWriter(SpillFile file, MemoryAllocator allocator) {
        this.file = file;
        this.allocator = allocator;
        this.encoder = new BatchEncoder(allocator);
    }

    /// Writes a batch without selection, which stays the caller's, and returns where it lies.
    public SpillBlock write(Batch batch) {
        MemorySegment raw = encoder.encode(batch);
        if (raw.byteSize() > Integer.MAX_VALUE - 64) {
            throw new NeuralakeException(
                    ErrorCode.OUT_OF_MEMORY, "Batch is too large to spill: " + raw.byteSize());
        }
        int rawBytes = (int) raw.byteSize();
        MemorySegment target = room(Zstd.compressBound(rawBytes));
        long written =
                Zstd.compressUnsafe(
                        target.address(), target.byteSize(), raw.address(), rawBytes, LEVEL);
        boolean smaller = !Zstd.isError(written) && written < rawBytes;
        MemorySegment stored = smaller ? target.asSlice(0, written) : raw;
        long offset = file.append(stored);
        return new SpillBlock(offset, (int) stored.byteSize(), rawBytes, batch.rowCount());
    }

    private MemorySegment room(long bytes) {
        DataBuffer old = compressed;
        if (old != null && old.size() >= bytes) {
            return old.segment();
        }
        compressed = null;
        if (old != null) {
            old.release();
        }
        DataBuffer made = allocator.allocate(bytes);
        compressed = made;
        return made.segment();
    }

    /// Frees the memory; idempotent.
    @Override
    public void close() {
        encoder.close();
        if (compressed != null) {
            compressed.release();
            compressed = null;
        }
    }
}
