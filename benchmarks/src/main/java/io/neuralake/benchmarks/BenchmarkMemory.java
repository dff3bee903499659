package io.neuralake.benchmarks;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.ScalarType;

import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;

/// Off-heap memory of one benchmark, and columns in it, which go with it. Closing it fails when a
/// benchmark leaks. Used by one thread.
public final class BenchmarkMemory implements AutoCloseable {
    private final BufferAllocator arrow = new RootAllocator();
    private final MemoryAllocator allocator =
            new ArrowAllocator(arrow, new LimitedReservation("benchmark", Long.MAX_VALUE, null));
    private final List<DataBuffer> buffers = new ArrayList<>();

    /// Opens it, empty.
    public BenchmarkMemory() {}

    /// Returns where the code under test allocates.
    public MemoryAllocator allocator() {
        return allocator;
    }

    /// Returns Arrow's own allocator below.
    public BufferAllocator arrow() {
        return arrow;
    }

    /// Allocates memory that is freed with this.
    public MemorySegment allocate(long bytes) {
        return buffer(bytes).segment();
    }

    /// Allocates a buffer that is freed with this.
    public DataBuffer buffer(long bytes) {
        DataBuffer buffer = allocator.allocateZeroed(bytes);
        buffers.add(buffer);
        return buffer;
    }

    /// Fills memory with int32.
    public MemorySegment ints(int count, IntUnaryOperator value) {
        MemorySegment memory = allocate(4L * count);
        for (int i = 0; i < count; i++) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, 4L * i, value.applyAsInt(i));
        }
        return memory;
    }

    /// Fills memory with int64.
    public MemorySegment longs(int count, IntToLongFunction value) {
        MemorySegment memory = allocate(8L * count);
        for (int i = 0; i < count; i++) {
            memory.set(ValueLayout.JAVA_LONG_UNALIGNED, 8L * i, value.applyAsLong(i));
        }
        return memory;
    }

    /// Makes a BIGINT column without nulls.
    public Column bigints(int count, IntToLongFunction value) {
        MemorySegment values = longs(count, value);
        return new FlatColumn(ScalarType.BIGINT, count, taken(values), null);
    }

    /// Makes a VARCHAR column without nulls, whose values lie one behind the other.
    public Column strings(int count, IntFunction<String> value) {
        List<byte[]> texts = new ArrayList<>();
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            texts.add(value.apply(i).getBytes(StandardCharsets.UTF_8));
            bytes += texts.getLast().length;
        }
        DataBuffer heap = buffer(bytes);
        DataBuffer views = buffer((long) count * StringView.BYTES);
        long at = 0;
        for (int i = 0; i < count; i++) {
            byte[] text = texts.get(i);
            MemorySegment.copy(text, 0, heap.segment(), ValueLayout.JAVA_BYTE, at, text.length);
            StringView.write(
                    views.segment(), (long) i * StringView.BYTES, heap.address() + at, text.length);
            at += text.length;
        }
        return new ViewColumn(ScalarType.VARCHAR, count, views, heap, null);
    }

    /// Returns the buffer that was allocated last, whose segment this is.
    private DataBuffer taken(MemorySegment segment) {
        DataBuffer last = buffers.getLast();
        if (last.segment().address() != segment.address()) {
            throw new IllegalStateException("Not the last buffer");
        }
        return last;
    }

    @Override
    public void close() {
        buffers.forEach(DataBuffer::release);
        buffers.clear();
        arrow.close();
    }
}
