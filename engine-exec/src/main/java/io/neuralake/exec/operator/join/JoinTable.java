package io.neuralake.exec.operator.join;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.row.Ownership;
import io.neuralake.exec.scheduler.WorkSharing;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
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
    private volatile @Nullable DataBuffer next;
    private long distinctKeys;

    /// Builds the table over all rows of the build side that can match, each thread a range of the slots.
    JoinTable(BuildKeys keys, int rowCount, MemoryAllocator allocator, WorkSharing sharing) {
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
            slots = allocator.allocate(range << 2);
        } else {
            int bits = Math.max(4, 64 - Long.numberOfLeadingZeros(rowCount * 3L / 2));
            shift = 64 - bits;
            mask = (1L << bits) - 1;
            slots = allocator.allocate(16L << bits);
        }
        try {
            insertAll(sharing);
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

    private void insertAll(WorkSharing sharing) {
        DataBuffer hashes = exact ? null : allocator.allocate(8L * rowCount);
        try {
            if (hashes != null) {
                keys.encode(
                        keys.columns(), rowCount, hashes.segment(), hashes.segment(), allocator);
            }
            long size = direct ? range : mask + 1;
            WorkSharing among = sharing.forRows(rowCount);
            int count = among.parties();
            List<Insertion> pieces = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                pieces.add(new Insertion(hashes, size * i / count, size * (i + 1) / count));
            }
            among.run(pieces);
            pieces.forEach(Insertion::insertLeft);
        } finally {
            if (hashes != null) {
                hashes.release();
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
            chain = openChain();
        }
        NativeMemory.setInt(chain.segment(), (long) row << 2, previous);
    }

    private synchronized DataBuffer openChain() {
        DataBuffer chain = next;
        if (chain == null) {
            chain = allocator.allocateZeroed((long) rowCount << 2);
            next = chain;
        }
        return chain;
    }

    /// Inserts, in their order, the rows whose code belongs into a range of slots. Those that find no slot before its
    /// end are left for later, when nobody else inserts: then all further rows of their keys are left as well.
    private final class Insertion implements Runnable {
        private final @Nullable DataBuffer hashes;
        private final long from;
        private final long to;
        private final int[] chosen = new int[CHUNK];
        private long distinct;
        private int[] leftRows = new int[16];
        private long[] leftCodes = new long[16];
        private int left;

        /// @param hashes of all rows, if codes are not exact
        private Insertion(@Nullable DataBuffer hashes, long from, long to) {
            this.hashes = hashes;
            this.from = from;
            this.to = to;
        }

        @Override
        public void run() {
            int shift = direct ? 2 : 4;
            slots.segment().asSlice(from << shift, to - from << shift).fill((byte) 0);
            KeyEncoding encoding = keys.encoding();
            DataBuffer hashed = hashes;
            try (Ownership owned = new Ownership();
                    BuildKeys.NullBitmaps valid = keys.nullBitmaps(allocator)) {
                MemorySegment codes = owned.hold(allocator.allocate(8L * CHUNK)).segment();
                MemorySegment scratch = owned.hold(allocator.allocate(8L * CHUNK)).segment();
                for (int row = 0; row < rowCount; row += CHUNK) {
                    int count = Math.min(CHUNK, rowCount - row);
                    MemorySegment chunk = codes;
                    if (encoding != null) {
                        encoding.encode(keys.columns(), valid.segments, row, count, codes, scratch);
                    } else if (hashed != null) {
                        chunk = hashed.segment().asSlice((long) row << 3, (long) count << 3);
                    }
                    int taken = choose(chunk, row, count);
                    if (direct) {
                        insertDirect(chunk, row, taken);
                    } else {
                        insertHashed(chunk, row, taken);
                    }
                }
            }
        }

        /// Chooses the rows that can match and belong here, without branches that nobody can foresee.
        private int choose(MemorySegment codes, int row, int count) {
            boolean all = keys.participating() == null;
            int taken = 0;
            for (int i = 0; i < count; i++) {
                long code = NativeMemory.getLong(codes, (long) i << 3);
                long home = direct ? code : slot(code);
                chosen[taken] = i;
                taken += (all || participates(row + i)) & home >= from & home < to ? 1 : 0;
            }
            return taken;
        }

        private void insertDirect(MemorySegment codes, int row, int count) {
            MemorySegment table = slots.segment();
            for (int c = 0; c < count; c++) {
                int i = chosen[c];
                long at = NativeMemory.getLong(codes, (long) i << 3) << 2;
                int previous = NativeMemory.getInt(table, at);
                NativeMemory.setInt(table, at, row + i + 1);
                if (previous == 0) {
                    distinct++;
                } else {
                    chain(row + i, previous);
                }
            }
        }

        private void insertHashed(MemorySegment codes, int row, int count) {
            for (int c = 0; c < count; c++) {
                int i = chosen[c];
                long code = NativeMemory.getLong(codes, (long) i << 3);
                if (!insert(row + i, code, slot(code), to)) {
                    leave(row + i, code);
                }
            }
        }

        private void leave(int row, long code) {
            if (left == leftRows.length) {
                leftRows = Arrays.copyOf(leftRows, 2 * left);
                leftCodes = Arrays.copyOf(leftCodes, 2 * left);
            }
            leftRows[left] = row;
            leftCodes[left] = code;
            left++;
        }

        /// Inserts a row from a slot on, but not at `end` or behind.
        private boolean insert(int row, long code, long first, long end) {
            MemorySegment table = slots.segment();
            for (long slot = first; slot < end; slot++) {
                long at = slot << 4;
                int previous = NativeMemory.getInt(table, at + 8);
                if (previous == 0) {
                    NativeMemory.setLong(table, at, code);
                    NativeMemory.setInt(table, at + 8, row + 1);
                    distinct++;
                    return true;
                }
                if (NativeMemory.getLong(table, at) == code
                        && (exact || keys.equal(previous - 1, row))) {
                    NativeMemory.setInt(table, at + 8, row + 1);
                    chain(row, previous);
                    return true;
                }
            }
            return false;
        }

        /// Inserts what was left, anywhere, and counts the keys.
        private void insertLeft() {
            for (int i = 0; i < left; i++) {
                long home = slot(leftCodes[i]);
                if (!insert(leftRows[i], leftCodes[i], home, mask + 1)) {
                    insert(leftRows[i], leftCodes[i], 0, home);
                }
            }
            distinctKeys += distinct;
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
