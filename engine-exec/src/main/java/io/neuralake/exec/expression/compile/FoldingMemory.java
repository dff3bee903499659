package io.neuralake.exec.expression.compile;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.MemoryReservation;

import java.lang.foreign.Arena;

/// Memory for folding constants, outside of any query: an arena that is freed at the end.
final class FoldingMemory implements MemoryAllocator, AutoCloseable {
    private static final int ALIGNMENT = 64;

    private final Arena arena = Arena.ofConfined();

    @Override
    public DataBuffer allocate(long bytes) {
        return DataBuffer.ofSegment(
                arena.allocate(bytes + PADDING, ALIGNMENT).asSlice(0, bytes), () -> {});
    }

    @Override
    public MemoryReservation reservation(String owner) {
        throw new IllegalStateException("Constants need no reservation: " + owner);
    }

    @Override
    public void close() {
        arena.close();
    }
}
