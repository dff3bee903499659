package io.neuralake.spi.batch;

import io.neuralake.spi.memory.NativeMemory;

import org.apache.arrow.memory.ArrowBuf;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// A reference-counted piece of off-heap memory. Starts with one reference, the creator's; the last
/// [#release] frees it. Counting is thread-safe; contents are immutable once shared.
public final class DataBuffer {
    private final MemorySegment segment;
    private final @Nullable ArrowBuf arrow;
    private final Runnable onFree;
    private final AtomicInteger references = new AtomicInteger(1);
    private boolean arrowShared;

    private DataBuffer(MemorySegment segment, @Nullable ArrowBuf arrow, Runnable onFree) {
        this.segment = segment;
        this.arrow = arrow;
        this.onFree = onFree;
    }

    /// Wraps `bytes` of an Arrow buffer from `offset` on. Takes ownership of one reference.
    ///
    /// @param onFree runs after the Arrow buffer was released
    public static DataBuffer ofArrow(ArrowBuf buffer, long offset, long bytes, Runnable onFree) {
        MemorySegment segment = NativeMemory.segment(buffer.memoryAddress() + offset, bytes);
        return new DataBuffer(
                segment,
                buffer,
                () -> {
                    buffer.getReferenceManager().release();
                    onFree.run();
                });
    }

    /// Wraps memory that something else owns, such as a mapped file.
    ///
    /// @param segment off-heap and readable until `onFree` runs
    /// @param onFree runs at the last release
    public static DataBuffer ofSegment(MemorySegment segment, Runnable onFree) {
        return new DataBuffer(segment, null, onFree);
    }

    /// Lends the first `bytes` of a buffer whose owner means to use the memory again.
    ///
    /// @param base stays the owner's
    /// @param onFree is given the lease at its last release; asks it [#arrowShared]
    public static DataBuffer lease(DataBuffer base, long bytes, Consumer<DataBuffer> onFree) {
        return new Lease(base, bytes, onFree).buffer;
    }

    private static final class Lease implements Runnable {
        private final DataBuffer buffer;
        private final Consumer<DataBuffer> onFree;

        private Lease(DataBuffer base, long bytes, Consumer<DataBuffer> onFree) {
            this.onFree = onFree;
            this.buffer = new DataBuffer(base.segment.asSlice(0, bytes), base.arrow, this);
        }

        @Override
        public void run() {
            onFree.accept(buffer);
        }
    }

    /// Bundles buffers under one count, without memory of its own. Takes ownership of one reference
    /// of each.
    public static DataBuffer bundle(List<DataBuffer> buffers) {
        List<DataBuffer> owned = List.copyOf(buffers);
        return new DataBuffer(MemorySegment.NULL, null, () -> owned.forEach(DataBuffer::release));
    }

    /// Returns the memory. Its bounds are the requested bytes; where a `MemoryAllocator` made it, 64
    /// bytes more are readable through [StringView#MEMORY].
    public MemorySegment segment() {
        return segment;
    }

    /// Returns the absolute address of the first byte.
    public long address() {
        return segment.address();
    }

    /// Returns the size in bytes.
    public long size() {
        return segment.byteSize();
    }

    /// Returns the Arrow buffer behind this memory, or null when it is not Arrow's. Who retains it
    /// may drop this buffer: the memory is then not used again before Arrow's count is zero.
    public @Nullable ArrowBuf arrow() {
        arrowShared = true;
        return arrow;
    }

    /// Tells whether [#arrow] was asked, so that others may hold the memory through Arrow.
    public boolean arrowShared() {
        return arrowShared;
    }

    /// Adds a reference and returns this.
    public DataBuffer retain() {
        if (references.getAndIncrement() <= 0) {
            references.getAndDecrement();
            throw new IllegalStateException("Buffer was already freed");
        }
        return this;
    }

    /// Adds a reference unless the memory was freed already: for who finds a buffer without holding a
    /// reference of it, such as in a cache.
    public boolean tryRetain() {
        int now = references.get();
        while (now > 0) {
            if (references.compareAndSet(now, now + 1)) {
                return true;
            }
            now = references.get();
        }
        return false;
    }

    /// Drops a reference; the last one frees the memory.
    public void release() {
        int left = references.decrementAndGet();
        if (left == 0) {
            onFree.run();
        } else if (left < 0) {
            throw new IllegalStateException("Buffer was released too often");
        }
    }

    /// Returns the number of references; for tests and for reuse by a sole owner.
    public int references() {
        return references.get();
    }
}
