package io.neuralake.spi.memory;

import io.neuralake.spi.batch.DataBuffer;

import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

import java.util.function.LongUnaryOperator;

/// The memory of one cache: off-heap copies of what can be made again. It lies within the pool of the
/// queries and takes only what they leave; when one of them needs it, the cache gives way. Thread-safe.
///
/// A buffer counts against the cache until its last reference is released, whoever holds that: what
/// the cache let go of, but a reader still uses, is not free yet.
public final class CacheMemory implements AutoCloseable {
    private final BufferAllocator allocator;
    private final LimitedReservation pool;
    private final LimitedReservation reservation;
    private final ArrowAllocator buffers;

    /// Opens the memory of a cache.
    ///
    /// @param allocator of this cache alone, closed with it; the leak check
    /// @param limitBytes most that the cache holds
    /// @param pool the reservation of all queries together
    public CacheMemory(BufferAllocator allocator, long limitBytes, LimitedReservation pool) {
        this.allocator = allocator;
        this.pool = pool;
        this.reservation = new LimitedReservation(allocator.getName(), limitBytes, pool);
        this.buffers = new ArrowAllocator(allocator, reservation);
    }

    /// Allocates as a [MemoryAllocator] does, if neither the cache's limit nor the queries' stand
    /// against it; else returns null, and takes nothing from anybody. The caller owns the one
    /// reference.
    public @Nullable DataBuffer tryAllocate(long bytes) {
        return buffers.tryAllocateSpare(bytes);
    }

    /// Calls `free` before a query is refused memory.
    ///
    /// @param free is given the bytes that miss, releases buffers, and returns by how much
    ///     [#reservedBytes] went down for it; 0 when it cannot help, which ends the asking. Called by
    ///     any thread that allocates, which may hold locks: it neither allocates nor waits
    public void onShortage(LongUnaryOperator free) {
        pool.onShortage(free);
    }

    /// Returns the bytes held, in use by readers or not.
    public long reservedBytes() {
        return reservation.reservedBytes();
    }

    /// Returns the limit in bytes.
    public long limitBytes() {
        return reservation.limitBytes();
    }

    /// Closes the memory; throws IllegalStateException when buffers are not released.
    @Override
    public void close() {
        pool.onShortage(_ -> 0);
        allocator.close();
    }
}
