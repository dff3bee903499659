package io.neuralake.exec.spill;

import com.github.luben.zstd.Zstd;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import java.util.List;

/// Reads batches back from a [SpillFile]. Thread-safe.
public final class SpillReader {
    private final SpillFile file;
    private final List<Type> types;

    /// Reads batches of these types from `file`, which stays the caller's.
    public SpillReader(SpillFile file, List<Type> types) {
        this.file = file;
        this.types = List.copyOf(types);
    }

    /// Reads batches of a schema.
    public SpillReader(SpillFile file, Schema schema) {
        this(file, schema.fields().stream().map(Field::type).toList());
    }

    /// Reads a batch, which the caller owns. Allocates about [SpillBlock#rawBytes], and for the time
    /// of the call [SpillBlock#storedBytes].
    public Batch read(SpillBlock block, MemoryAllocator allocator) {
        DataBuffer raw = allocator.allocate(block.rawBytes());
        try {
            if (block.storedBytes() == block.rawBytes()) {
                file.read(block.offset(), raw.segment());
            } else {
                decompress(block, raw, allocator);
            }
            return BatchDecoder.decode(raw, types, block.rowCount());
        } finally {
            raw.release();
        }
    }

    private void decompress(SpillBlock block, DataBuffer raw, MemoryAllocator allocator) {
        DataBuffer stored = allocator.allocate(block.storedBytes());
        try {
            file.read(block.offset(), stored.segment());
            long written =
                    Zstd.decompressUnsafe(
                            raw.address(), block.rawBytes(), stored.address(), block.storedBytes());
            if (written != block.rawBytes()) {
                throw new NeuralakeException(
                        ErrorCode.CORRUPT_FILE,
                        "Spilled block is damaged at offset: " + block.offset());
            }
        } finally {
            stored.release();
        }
    }
}
