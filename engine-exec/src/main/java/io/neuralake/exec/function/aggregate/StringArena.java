package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Owns the bytes of long strings that outlive their batch. Columns made from views into it retain
/// [#heap].
public final class StringArena implements AutoCloseable {
    private static final long FIRST_CHUNK = 4 * 1024;
    private static final long LARGEST_CHUNK = 1024 * 1024;

    private final MemoryAllocator allocator;
    private final List<DataBuffer> chunks = new ArrayList<>();
    private long at;
    private long end;
    private long nextChunk = FIRST_CHUNK;
    private long bytes;
    private @Nullable DataBuffer heap;

    /// Makes an empty arena.
    public StringArena(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /// Copies bytes and returns their new absolute address.
    public long copy(long address, int length) {
        if (at + length > end) {
            DataBuffer chunk = allocator.allocate(Math.max(nextChunk, length));
            add(chunk);
            bytes += chunk.size();
            at = chunk.address();
            end = at + chunk.size();
            nextChunk = Math.min(LARGEST_CHUNK, nextChunk * 2);
        }
        long to = at;
        MemorySegment.copy(StringView.MEMORY, address, StringView.MEMORY, to, length);
        at += length;
        return to;
    }

    /// Returns the bytes of strings that were copied here.
    long bytes() {
        return bytes;
    }

    /// Returns the bytes of the next piece of memory.
    long growthBytes() {
        return nextChunk;
    }

    /// Keeps alive what another arena holds now, so that views into it stay valid here.
    public void share(StringArena other) {
        DataBuffer shared = other.heap();
        if (shared != null) {
            add(shared.retain());
        }
    }

    /// Returns what keeps the bytes alive, or null when there are none; stays the arena's. Workers that
    /// merge partitions of one table ask at the same time: they must all see one bundle.
    public synchronized @Nullable DataBuffer heap() {
        if (heap == null && !chunks.isEmpty()) {
            heap = DataBuffer.bundle(chunks.stream().map(DataBuffer::retain).toList());
        }
        return heap;
    }

    private synchronized void add(DataBuffer chunk) {
        chunks.add(chunk);
        dropHeap();
    }

    private synchronized void dropHeap() {
        if (heap != null) {
            heap.release();
            heap = null;
        }
    }

    @Override
    public void close() {
        dropHeap();
        chunks.forEach(DataBuffer::release);
        chunks.clear();
        bytes = 0;
        at = 0;
        end = 0;
    }
}
