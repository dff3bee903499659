package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;

/// Stands for the memory of what has not been bound yet.
enum NoMemory implements MemoryAllocator {
    INSTANCE;

    @Override
    public DataBuffer allocate(long bytes) {
        throw new IllegalStateException("Not bound to memory");
    }

    @Override
    public MemoryReservation reservation(String owner) {
        throw new IllegalStateException("Not bound to memory");
    }
}
