package io.neuralake.spi.arrow;

import io.neuralake.spi.memory.NativeMemory;

import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// An Arrow buffer that grows by doubling, with a segment over its capacity. A new one begins as large
/// as the one handed out before, since messages are alike.
final class GrowingBuffer implements AutoCloseable {
    private static final long MOST_FIRST_BYTES = 1L << 20;

    private final BufferAllocator allocator;
    private @Nullable ArrowBuf buffer;
    private MemorySegment segment = MemorySegment.NULL;
    private long firstBytes = 64;

    GrowingBuffer(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    /// Makes room for `bytes` in all and returns the memory; contents are kept.
    MemorySegment ensure(long bytes) {
        if (bytes > segment.byteSize() || buffer == null) {
            ArrowBuf larger =
                    allocator.buffer(
                            Math.max(bytes + 8, Math.max(firstBytes, segment.byteSize() * 2)));
            MemorySegment target = NativeMemory.segment(larger.memoryAddress(), larger.capacity());
            if (buffer != null) {
                MemorySegment.copy(segment, 0, target, 0, segment.byteSize());
                buffer.close();
            }
            buffer = larger;
            segment = target;
        }
        return segment;
    }

    /// Hands out the buffer with `bytes` written; the caller owns it.
    ArrowBuf take(long bytes) {
        ensure(bytes);
        ArrowBuf taken = buffer;
        if (taken == null) {
            throw new IllegalStateException("No buffer");
        }
        buffer = null;
        firstBytes = Math.clamp(segment.byteSize(), 64, MOST_FIRST_BYTES);
        segment = MemorySegment.NULL;
        taken.writerIndex(bytes);
        return taken;
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer.close();
            buffer = null;
            segment = MemorySegment.NULL;
        }
    }
}
