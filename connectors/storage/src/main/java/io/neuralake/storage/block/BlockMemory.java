package io.neuralake.storage.block;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/// Off-heap memory in pieces of one size, which is taken from the system in larger ones as it is needed and
/// given back at the end. Thread-safe.
final class BlockMemory implements AutoCloseable {
    private static final long SLAB_BYTES = 4L << 20;

    private final Arena arena = Arena.ofShared();
    private final int blockBytes;
    private final long limitBytes;
    private final Deque<MemorySegment> free = new ArrayDeque<>();
    private long allocatedBytes;

    /// @param limitBytes most that [#tryTake] takes from the system
    BlockMemory(int blockBytes, long limitBytes) {
        this.blockBytes = blockBytes;
        this.limitBytes = limitBytes;
    }

    /// Returns a piece, or null when the limit is reached and all are in use.
    @Nullable
    synchronized MemorySegment tryTake() {
        MemorySegment piece = free.poll();
        if (piece != null || allocatedBytes + blockBytes > limitBytes) {
            return piece;
        }
        grow(Math.min(SLAB_BYTES, limitBytes - allocatedBytes));
        return free.poll();
    }

    /// Returns a piece, beyond the limit if need be.
    synchronized MemorySegment take() {
        MemorySegment piece = tryTake();
        if (piece == null) {
            grow(blockBytes);
            piece = free.remove();
        }
        return piece;
    }

    private void grow(long atMost) {
        long bytes = Math.max(1, atMost / blockBytes) * blockBytes;
        MemorySegment slab = arena.allocate(bytes, 64);
        for (long at = 0; at < bytes; at += blockBytes) {
            free.add(slab.asSlice(at, blockBytes));
        }
        allocatedBytes += bytes;
    }

    /// Takes a piece back. The most recent one is handed out first: it may be in the processor's cache.
    synchronized void give(MemorySegment piece) {
        free.push(piece);
    }

    synchronized long allocatedBytes() {
        return allocatedBytes;
    }

    @Override
    public void close() {
        arena.close();
    }
}
