package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// One row of fixed width per group: the group's key, then the states of all its accumulators, so
/// that a group costs one cache miss. New rows hold a template. Rows move when they grow: never keep
/// [#base] across [#append] or [#ensure].
public final class GroupRows implements AutoCloseable {
    private static final int FIRST_ROWS = 16;

    private final MemoryAllocator allocator;
    private final int stride;
    private final byte[] template;
    private @Nullable DataBuffer buffer;
    private long base;
    private int count;
    private int capacity;

    /// Makes an empty store.
    ///
    /// @param template contents of a new row, a multiple of 8 bytes
    public GroupRows(MemoryAllocator allocator, byte[] template) {
        this.allocator = allocator;
        this.stride = Math.max(8, template.length);
        this.template = template.clone();
    }

    /// Returns the absolute address of row 0.
    public long base() {
        return base;
    }

    /// Returns the bytes of a row.
    public int stride() {
        return stride;
    }

    /// Returns the number of rows.
    public int count() {
        return count;
    }

    /// Returns the bytes held.
    long bytes() {
        return (long) capacity * stride;
    }

    /// Returns the bytes that are allocated at most to add so many rows.
    long growthBytes(int more) {
        long grown = Math.max(FIRST_ROWS, capacity);
        while (grown < (long) count + more) {
            grown *= 2;
        }
        return grown == capacity ? 0 : grown * stride;
    }

    /// Adds a row and returns its index.
    public int append() {
        if (count == capacity) {
            grow(Math.max(FIRST_ROWS, Math.multiplyExact(capacity, 2)));
        }
        return count++;
    }

    /// Makes rows up to `rows` exist.
    public void ensure(int rows) {
        if (rows > capacity) {
            grow(Math.max(rows, FIRST_ROWS));
        }
        count = Math.max(count, rows);
    }

    /// Makes the first `rows` rows anew and forgets the others.
    public void restart(int rows) {
        count = 0;
        initialize(0, Math.min(rows, capacity));
        ensure(rows);
    }

    /// Makes row `kept` row 0, and the next `rows - 1` rows anew.
    public void restartFrom(int kept, int rows) {
        if (kept != 0) {
            long from = base + (long) kept * stride;
            MemorySegment.copy(StringView.MEMORY, from, StringView.MEMORY, base, stride);
        }
        count = 1;
        initialize(1, Math.min(rows, capacity));
        ensure(rows);
    }

    private void grow(int newCapacity) {
        DataBuffer grown = allocator.allocate((long) newCapacity * stride);
        DataBuffer old = buffer;
        long used = (long) capacity * stride;
        if (old != null) {
            MemorySegment.copy(old.segment(), 0, grown.segment(), 0, used);
            old.release();
        }
        buffer = grown;
        base = grown.address();
        int from = capacity;
        capacity = newCapacity;
        initialize(from, newCapacity);
    }

    private void initialize(int from, int to) {
        boolean zero = true;
        for (byte b : template) {
            zero &= b == 0;
        }
        long at = base + (long) from * stride;
        long end = base + (long) to * stride;
        if (zero || template.length == 0) {
            StringView.MEMORY.asSlice(at, end - at).fill((byte) 0);
            return;
        }
        for (; at < end; at += stride) {
            MemorySegment.copy(
                    template, 0, StringView.MEMORY, ValueLayout.JAVA_BYTE, at, template.length);
        }
    }

    @Override
    public void close() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
        count = 0;
        capacity = 0;
    }
}
