package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Collects the memory that the views of one column point into. For one thread.
final class Heap {
    private final MemoryAllocator allocator;
    private final List<DataBuffer> buffers = new ArrayList<>();

    Heap(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /// Keeps a buffer alive by a reference of its own.
    void keep(DataBuffer buffer) {
        for (int i = buffers.size() - 1; i >= Math.max(0, buffers.size() - 4); i--) {
            if (buffers.get(i) == buffer) {
                return;
            }
        }
        buffers.add(buffer.retain());
    }

    /// Allocates memory that the heap owns.
    DataBuffer allocate(long bytes) {
        DataBuffer buffer = allocator.allocate(bytes);
        buffers.add(buffer);
        return buffer;
    }

    /// Hands over all memory as one buffer, or null when there is none.
    @Nullable DataBuffer take() {
        DataBuffer result =
                switch (buffers.size()) {
                    case 0 -> null;
                    case 1 -> buffers.getFirst();
                    default -> DataBuffer.bundle(buffers);
                };
        buffers.clear();
        return result;
    }

    /// Releases all memory.
    void clear() {
        buffers.forEach(DataBuffer::release);
        buffers.clear();
    }
}
