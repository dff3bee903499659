package io.neuralake.exec.function.aggregate;

import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// One row of fixed width per group: the group's key, then the states of all its accumulators, so
/// that a group costs one cache miss. New rows hold a template. Rows lie in chunks, so that no more
/// than an eighth is allocated in advance and nothing is copied as they grow; only the first chunk
/// moves. A directory tells where chunks lie: never keep [#directory] or an address across
/// [#append], [#ensure] or [#remove].
public final class GroupRows implements AutoCloseable {
    private static final MemorySegment MEMORY = StringView.MEMORY;
    private static final int FIRST_ROWS = 16;
    private static final int CHUNK_SHIFT = 12;
    private static final int CHUNK_ROWS = 1 << CHUNK_SHIFT;

    /// Chunks that are allocated together, at most.
    private static final int MOST_CHUNKS = 32;

    private final MemoryAllocator allocator;
    private final int stride;
    private final byte[] template;
    private final boolean zero;
    private final List<DataBuffer> blocks = new ArrayList<>();

    /// An int64 a chunk: the address that row 0 would have, were all rows to lie as those of the chunk.
    private @Nullable DataBuffer directory;

    private int count;
    private int capacity;

    /// Makes an empty store.
    ///
    /// @param template contents of a new row, a multiple of 8 bytes
    public GroupRows(MemoryAllocator allocator, byte[] template) {
        this.allocator = allocator;
        this.stride = Math.max(8, template.length);
        this.template = template.clone();
        boolean allZero = true;
        for (byte b : template) {
            allZero &= b == 0;
        }
        this.zero = allZero;
    }

    /// Returns what [#address(long, int, long)] needs; 0 while there is no row.
    long directory() {
        DataBuffer chunks = directory;
        return chunks == null ? 0 : chunks.address();
    }

    /// Returns the absolute address of a row, for loops that have read [#directory] and [#stride].
    static long address(long directory, int row, long stride) {
        return NativeMemory.getLong(MEMORY, directory + ((long) (row >>> CHUNK_SHIFT) << 3))
                + row * stride;
    }

    /// Returns the absolute address of a row.
    public long address(int row) {
        return address(directory(), row, stride);
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
        long needed = (long) count + more;
        if (needed <= capacity) {
            return 0;
        }
        long rows = capacity;
        long bytes = 0;
        if (rows < CHUNK_ROWS) {
            rows = firstChunkRows(needed);
            bytes = rows * stride;
        }
        while (rows < needed) {
            int block = blockRows(rows);
            bytes += (long) block * stride;
            rows += block;
        }
        return bytes + (rows >>> CHUNK_SHIFT << 4);
    }

    private long firstChunkRows(long needed) {
        long rows = Math.max(FIRST_ROWS, capacity);
        while (rows < needed && rows < CHUNK_ROWS) {
            rows *= 2;
        }
        return rows;
    }

    private static int blockRows(long rows) {
        return Math.clamp((rows >>> CHUNK_SHIFT) / 8, 1, MOST_CHUNKS) << CHUNK_SHIFT;
    }

    /// Adds a row and returns its index.
    public int append() {
        if (count == capacity) {
            grow(count + 1);
        }
        return count++;
    }

    /// Makes rows up to `rows` exist.
    public void ensure(int rows) {
        grow(rows);
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
            MemorySegment.copy(MEMORY, address(kept), MEMORY, address(0), stride);
        }
        count = 1;
        initialize(1, Math.min(rows, capacity));
        ensure(rows);
    }

    /// Takes rows out. The last ones that stay take their places.
    ///
    /// @param removed a bit a row
    /// @param watched a row, or -1
    /// @return where the watched row is now; -1 when it was removed
    int remove(MemorySegment removed, int watched) {
        int kept = watched >= 0 && Bitmap.get(removed, watched) ? -1 : watched;
        int end = count;
        for (int row = 0; row < end; row++) {
            if ((row & 63) == 0 && NativeMemory.getLong(removed, row >>> 3) == 0) {
                row += 63;
                continue;
            }
            if (!Bitmap.get(removed, row)) {
                continue;
            }
            do {
                end--;
            } while (end > row && Bitmap.get(removed, end));
            if (end > row) {
                MemorySegment.copy(MEMORY, address(end), MEMORY, address(row), stride);
                kept = kept == end ? row : kept;
            }
        }
        count = end;
        return kept;
    }

    private void grow(int rows) {
        if (rows <= capacity) {
            return;
        }
        if (capacity < CHUNK_ROWS) {
            growFirst((int) firstChunkRows(rows));
        }
        while (capacity < rows) {
            int more = Math.min(blockRows(capacity), Integer.MAX_VALUE - capacity & -CHUNK_ROWS);
            if (more == 0) {
                throw new ArithmeticException("More than 2^31 groups");
            }
            reserveDirectory(capacity + more >>> CHUNK_SHIFT);
            DataBuffer block = allocator.allocate((long) more * stride);
            blocks.add(block);
            long base = block.address() - (long) capacity * stride;
            int from = capacity;
            capacity += more;
            for (int chunk = from >>> CHUNK_SHIFT; chunk < capacity >>> CHUNK_SHIFT; chunk++) {
                NativeMemory.setLong(MEMORY, directory() + ((long) chunk << 3), base);
            }
            initialize(from, capacity);
        }
    }

    private void growFirst(int rows) {
        if (rows <= capacity) {
            return;
        }
        reserveDirectory(1);
        DataBuffer grown = allocator.allocate((long) rows * stride);
        if (!blocks.isEmpty()) {
            DataBuffer old = blocks.removeFirst();
            MemorySegment.copy(old.segment(), 0, grown.segment(), 0, (long) capacity * stride);
            old.release();
        }
        blocks.add(grown);
        NativeMemory.setLong(MEMORY, directory(), grown.address());
        int from = capacity;
        capacity = rows;
        initialize(from, rows);
    }

    private void reserveDirectory(int chunks) {
        DataBuffer old = directory;
        if (old != null && old.size() >= (long) chunks << 3) {
            return;
        }
        DataBuffer grown = allocator.allocate(Math.max(64, (long) chunks << 4));
        if (old != null) {
            MemorySegment.copy(old.segment(), 0, grown.segment(), 0, old.size());
            old.release();
        }
        directory = grown;
    }

    private void initialize(int from, int to) {
        int row = from;
        while (row < to) {
            int end = Math.min(to, (row | CHUNK_ROWS - 1) + 1);
            long at = address(row);
            long bytes = (long) (end - row) * stride;
            row = end;
            if (zero) {
                NativeMemory.segment(at, bytes).fill((byte) 0);
                continue;
            }
            for (long past = at + bytes; at < past; at += stride) {
                MemorySegment.copy(template, 0, MEMORY, ValueLayout.JAVA_BYTE, at, template.length);
            }
        }
    }

    @Override
    public void close() {
        blocks.forEach(DataBuffer::release);
        blocks.clear();
        if (directory != null) {
            directory.release();
            directory = null;
        }
        count = 0;
        capacity = 0;
    }
}
