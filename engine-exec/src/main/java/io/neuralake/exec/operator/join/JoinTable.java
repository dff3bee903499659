package io.neuralake.exec.operator.join;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Finds the build rows of a key. Each different key has one slot with its last row; further rows of
/// the key are chained from there by [#next]. A dense range of exact codes is addressed directly (int32
/// slots); else slots of 16 bytes (int64 code, int32 row, unused) are probed linearly, at most two
/// thirds full. Immutable once built; then thread-safe.
final class JoinTable implements AutoCloseable {
    private static final MemorySegment MEMORY = StringView.MEMORY;
    private static final int CHUNK = 1024;
    private static final long DIRECT_SLOTS_PER_ROW = 8;
    private static final long DIRECT_SLOTS_ALWAYS = 1024;
    private static final long MAX_DIRECT_SLOTS = 1L << 31;

    private final BuildKeys keys;
    private final int rowCount;
    private final MemoryAllocator allocator;
    private final boolean direct;
    private final boolean exact;
    private final long range;
    private final int shift;
    private final long mask;
    private final long multiplier;
    private final DataBuffer slots;
    private @Nullable DataBuffer next;
    private long distinctKeys;

    /// Builds the table over all rows of the build side that can match.
    JoinTable(BuildKeys keys, int rowCount, MemoryAllocator allocator) {
        this.keys = keys;
        this.rowCount = rowCount;
        this.allocator = allocator;
        KeyEncoding encoding = keys.encoding();
        exact = encoding != null;
        range = encoding == null ? Long.MAX_VALUE : encoding.range();
        direct =
                range <= Math.max(DIRECT_SLOTS_ALWAYS, DIRECT_SLOTS_PER_ROW * rowCount)
                        && range <= MAX_DIRECT_SLOTS;
        multiplier = HashKernels.hashesAreZero() ? 0 : 0x9E37_79B9_7F4A_7C15L;
        if (direct) {
            shift = 0;
            mask = 0;
            slots = allocator.allocateZeroed(range << 2);
        } else {
            int bits = Math.max(4, 64 - Long.numberOfLeadingZeros(rowCount * 3L / 2));
            shift = 64 - bits;
            mask = (1L << bits) - 1;
            slots = allocator.allocateZeroed(16L << bits);
        }
        try {
            insertAll();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /// Tells whether a key has more than one row.
    boolean hasDuplicates() {
        return next != null;
    }

    /// Returns the memory of the table.
    long bytes() {
        DataBuffer chain = next;
        return slots.size() + (chain == null ? 0 : chain.size());
    }

    /// Returns the number of different keys.
    long distinctKeys() {
        return distinctKeys;
    }

    /// Tells whether slots are addressed by code.
    boolean isDirect() {
        return direct;
    }

    /// Returns the following row of the same key, or -1. Only when [#hasDuplicates].
    static int next(long nextAddress, int row) {
        return NativeMemory.getInt(MEMORY, nextAddress + ((long) row << 2)) - 1;
    }

    /// Returns the address for [#next(long, int)], or 0 without duplicates.
    long nextAddress() {
        return next == null ? 0 : next.address();
    }

    @Override
    public void close() {
        slots.release();
        if (next != null) {
            next.release();
        }
    }

    // ---- build

    private void insertAll() {
        DataBuffer codes = allocator.allocate(exact ? 8L * CHUNK : 8L * rowCount);
        DataBuffer scratch = null;
        try (BuildKeys.NullBitmaps valid = keys.nullBitmaps(allocator)) {
            scratch = allocator.allocate(8L * CHUNK);
            KeyEncoding encoding = keys.encoding();
            if (encoding == null) {
                keys.encode(
                        keys.columns(), rowCount, codes.segment(), scratch.segment(), allocator);
            }
            for (int from = 0; from < rowCount; from += CHUNK) {
                int count = Math.min(CHUNK, rowCount - from);
                MemorySegment chunk;
                if (encoding == null) {
                    chunk = codes.segment().asSlice((long) from << 3, (long) count << 3);
                } else {
                    chunk = codes.segment();
                    encoding.encode(
                            keys.columns(), valid.segments, from, count, chunk, scratch.segment());
                }
                if (direct) {
                    insertDirect(chunk, from, count);
                } else {
                    insertHashed(chunk, from, count);
                }
            }
        } finally {
            codes.release();
            if (scratch != null) {
                scratch.release();
            }
        }
    }

    private boolean participates(int row) {
        MemorySegment bits = keys.participating();
        return bits == null || Bitmap.get(bits, row);
    }

    private void chain(int row, int previous) {
        DataBuffer chain = next;
        if (chain == null) {
            chain = allocator.allocateZeroed((long) rowCount << 2);
            next = chain;
        }
        NativeMemory.setInt(chain.segment(), (long) row << 2, previous);
    }

    private void insertDirect(MemorySegment codes, int from, int count) {
        MemorySegment table = slots.segment();
        for (int i = 0; i < count; i++) {
            if (participates(from + i)) {
                long at = NativeMemory.getLong(codes, (long) i << 3) << 2;
                int previous = NativeMemory.getInt(table, at);
                NativeMemory.setInt(table, at, from + i + 1);
                if (previous == 0) {
                    distinctKeys++;
                } else {
                    chain(from + i, previous);
                }
            }
        }
    }

    private void insertHashed(MemorySegment codes, int from, int count) {
        MemorySegment table = slots.segment();
        for (int i = 0; i < count; i++) {
            if (participates(from + i)) {
                long code = NativeMemory.getLong(codes, (long) i << 3);
                long slot = slot(code);
                while (true) {
                    long at = slot << 4;
                    int previous = NativeMemory.getInt(table, at + 8);
                    if (previous == 0) {
                        NativeMemory.setLong(table, at, code);
                        NativeMemory.setInt(table, at + 8, from + i + 1);
                        distinctKeys++;
                        break;
                    }
                    if (NativeMemory.getLong(table, at) == code
                            && (exact || keys.equal(previous - 1, from + i))) {
                        NativeMemory.setInt(table, at + 8, from + i + 1);
                        chain(from + i, previous);
                        break;
                    }
                    slot = slot + 1 & mask;
                }
            }
        }
    }

    private long slot(long code) {
        long x = code * multiplier;
        return (x ^ x >>> 32) * multiplier >>> shift & mask;
    }

    // ---- probe

    /// Writes for each row the last build row of its key, or -1. Codes as [BuildKeys#encode] gave them
    /// for the probe rows; of hashes, rows are candidates until verified.
    void lookup(MemorySegment codes, int count, MemorySegment heads) {
        if (direct) {
            lookupDirect(slots.address(), range, codes, count, heads);
        } else {
            lookupHashed(codes, count, heads);
        }
    }

    /// Tells whether heads found by [#lookup] are certain, or must be verified.
    boolean isExact() {
        return exact;
    }

    private static void lookupDirect(
            long table, long range, MemorySegment codes, int count, MemorySegment heads) {
        for (int i = 0; i < count; i++) {
            long code = NativeMemory.getLong(codes, (long) i << 3);
            boolean inside = code >= 0 & code < range;
            long at = inside ? code : 0;
            int head = NativeMemory.getInt(MEMORY, table + (at << 2)) - 1;
            NativeMemory.setInt(heads, (long) i << 2, inside ? head : -1);
        }
    }

    /// First reads the home slots of all rows, so that cache misses overlap, then walks on for the few
    /// whose home slot holds another key.
    private void lookupHashed(MemorySegment codes, int count, MemorySegment heads) {
        long table = slots.address();
        for (int i = 0; i < count; i++) {
            long code = NativeMemory.getLong(codes, (long) i << 3);
            long at = table + (slot(code) << 4);
            long key = NativeMemory.getLong(MEMORY, at);
            int head = NativeMemory.getInt(MEMORY, at + 8);
            // an empty slot gives -1, another key -2
            int found = key == code ? head - 1 : -2;
            NativeMemory.setInt(heads, (long) i << 2, head == 0 ? -1 : found);
        }
        for (int i = 0; i < count; i++) {
            if (NativeMemory.getInt(heads, (long) i << 2) == -2) {
                NativeMemory.setInt(
                        heads, (long) i << 2, walk(NativeMemory.getLong(codes, (long) i << 3)));
            }
        }
    }

    private int walk(long code) {
        long table = slots.address();
        long slot = slot(code);
        while (true) {
            long at = table + (slot << 4);
            int head = NativeMemory.getInt(MEMORY, at + 8);
            if (head == 0 || NativeMemory.getLong(MEMORY, at) == code) {
                return head - 1;
            }
            slot = slot + 1 & mask;
        }
    }

    /// Finds the build row of a probe row's key by comparing keys; for rows whose candidate turned out
    /// to be a collision of hashes.
    int find(List<Column> probe, int probeRow, long code) {
        MemorySegment table = slots.segment();
        long slot = slot(code);
        while (true) {
            long at = slot << 4;
            int head = NativeMemory.getInt(table, at + 8);
            if (head == 0
                    || NativeMemory.getLong(table, at) == code
                            && keys.equal(probe, probeRow, head - 1)) {
                return head - 1;
            }
            slot = slot + 1 & mask;
        }
    }
}
