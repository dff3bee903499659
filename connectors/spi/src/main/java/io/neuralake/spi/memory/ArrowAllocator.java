package io.neuralake.spi.memory;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.jspecify.annotations.Nullable;

/// Allocates from an Arrow allocator and counts the bytes against a reservation first. Closing the
/// Arrow allocator is the leak check. Thread-safe.
public final class ArrowAllocator implements MemoryAllocator {
    private static final int ALIGNMENT = 64;

    private final BufferAllocator allocator;
    private final LimitedReservation reservation;

    /// Uses `allocator` and `reservation`, which stay the caller's to close.
    public ArrowAllocator(BufferAllocator allocator, LimitedReservation reservation) {
        this.allocator = allocator;
        this.reservation = reservation;
    }

    @Override
    public DataBuffer allocate(long bytes) {
        long total = bytes + PADDING + ALIGNMENT;
        reservation.grow(total);
        return allocateReserved(bytes, total);
    }

    /// Allocates like [#allocate] if the memory is spare; null if it is not.
    @Nullable DataBuffer tryAllocateSpare(long bytes) {
        long total = bytes + PADDING + ALIGNMENT;
        return reservation.tryGrowSpare(total) ? allocateReserved(bytes, total) : null;
    }

    private DataBuffer allocateReserved(long bytes, long total) {
        ArrowBuf buffer;
        try {
            buffer = allocator.buffer(total);
        } catch (OutOfMemoryException e) {
            reservation.shrink(total);
            throw new NeuralakeException(
                    ErrorCode.OUT_OF_MEMORY,
                    "Out of memory: " + allocator.getName() + " asked for " + bytes + " bytes",
                    e);
        } catch (RuntimeException | Error e) {
            reservation.shrink(total);
            throw e;
        }
        long address = buffer.memoryAddress();
        long offset = ((address + ALIGNMENT - 1) & -ALIGNMENT) - address;
        return DataBuffer.ofArrow(buffer, offset, bytes, () -> reservation.shrink(total));
    }

    @Override
    public long spareBytes() {
        return reservation.spareBytes();
    }

    @Override
    public MemoryReservation reservation(String owner) {
        return new LimitedReservation(owner, Long.MAX_VALUE, reservation);
    }
}
