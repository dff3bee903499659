package io.neuralake.spi.memory;

import io.neuralake.spi.batch.DataBuffer;

/// Hands out off-heap buffers counted against one query. Thread-safe unless an implementation is
/// documented as belonging to one worker.
public interface MemoryAllocator {
    /// Bytes behind the end of each buffer that may be read (not written), so that vector loads need
    /// no tail.
    int PADDING = 64;

    /// Allocates `bytes` (0 is allowed), aligned to 64 bytes, contents undefined. The caller owns the
    /// one reference. Throws OUT_OF_MEMORY (53200) when a limit would be exceeded.
    DataBuffer allocate(long bytes);

    /// Allocates zeroed memory; otherwise as [#allocate].
    default DataBuffer allocateZeroed(long bytes) {
        DataBuffer buffer = allocate(bytes);
        buffer.segment().fill((byte) 0);
        return buffer;
    }

    /// Returns about how many bytes are left below the nearest limit, for choices between more memory
    /// and more time.
    default long spareBytes() {
        return Long.MAX_VALUE;
    }

    /// Opens a reservation for heap structures of `owner`, counted against the same query.
    MemoryReservation reservation(String owner);
}
