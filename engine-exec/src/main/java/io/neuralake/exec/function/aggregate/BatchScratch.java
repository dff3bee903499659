package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Temporary memory of one worker, handed out piece by piece and taken back as a whole with each
/// batch. After warm-up it allocates nothing.
public final class BatchScratch implements AutoCloseable {
    private static final long CHUNK_BYTES = 256 * 1024;
    private static final long ALIGNMENT = 64;

    private final MemoryAllocator allocator;
    private final List<DataBuffer> chunks = new ArrayList<>();
    private int current;
    private long used;

    /// Allocates from `allocator` when first used.
    public BatchScratch(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /// Returns memory of undefined contents, valid until [#reset], aligned to 64 bytes.
    public MemorySegment take(long bytes) {
        while (current < chunks.size()) {
            MemorySegment segment = chunks.get(current).segment();
            if (used + bytes <= segment.byteSize()) {
                MemorySegment piece = segment.asSlice(used, bytes);
                used += (bytes + ALIGNMENT - 1) & -ALIGNMENT;
                return piece;
            }
            current++;
            used = 0;
        }
        chunks.add(allocator.allocate(Math.max(CHUNK_BYTES, bytes)));
        return take(bytes);
    }

    /// Returns room for `count` int32.
    public MemorySegment ints(int count) {
        return take((long) count << 2);
    }

    /// Returns room for `count` int64.
    public MemorySegment longs(int count) {
        return take((long) count << 3);
    }

    /// Takes everything back; what was handed out before must no longer be used.
    public void reset() {
        current = 0;
        used = 0;
    }

    /// Marks the present level, for [#release].
    public long mark() {
        return (long) current << 40 | used;
    }

    /// Takes back what was handed out since the mark was set.
    public void release(long mark) {
        current = (int) (mark >>> 40);
        used = mark & ((1L << 40) - 1);
    }

    @Override
    public void close() {
        chunks.forEach(DataBuffer::release);
        chunks.clear();
        reset();
    }
}
