package io.neuralake.exec.operator.join;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// A buffer of a worker that grows to the largest size asked for and is used again for each batch.
final class Scratch implements AutoCloseable {
    private final MemoryAllocator allocator;
    private @Nullable DataBuffer buffer;

    Scratch(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /// Returns at least `bytes` of memory; contents undefined.
    MemorySegment get(long bytes) {
        DataBuffer current = buffer;
        if (current == null || current.size() < bytes) {
            close();
            current = allocator.allocate(Math.max(bytes, 4096));
            buffer = current;
        }
        return current.segment();
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }
}
