package io.neuralake.exec.operator.join;

import io.neuralake.exec.kernel.HashKernels;
import io.neuralake.exec.row.Ownership;
import io.neuralake.exec.row.ValueEquality;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The key columns of the build side and how rows of either side get the int64 code under which the
/// table holds them: an exact code for integers that fit, else a hash.
final class BuildKeys implements AutoCloseable {
    private final List<Column> columns;
    private final List<Boolean> nullsEqual;
    private final @Nullable KeyEncoding encoding;
    private final @Nullable DataBuffer participating;

    /// Looks at the keys.
    ///
    /// @param columns contiguous key columns, which stay the caller's and outlive this
    /// @param exactTypes whether the probe side's keys are integers, too
    static BuildKeys of(
            List<Column> columns,
            List<Boolean> nullsEqual,
            boolean exactTypes,
            MemoryAllocator allocator) {
        int rows = columns.isEmpty() ? 0 : columns.getFirst().rowCount();
        KeyEncoding encoding = exactTypes ? KeyEncoding.of(columns, nullsEqual, allocator) : null;
        DataBuffer participating = null;
        try {
            for (int k = 0; k < columns.size(); k++) {
                if (!nullsEqual.get(k) && KeyNulls.mayHaveNulls(columns.get(k))) {
                    if (participating == null) {
                        participating = allocator.allocate(Bitmap.bytes(rows));
                        Bitmap.fill(participating.segment(), rows);
                    }
                    KeyNulls.andNotNull(columns.get(k), participating.segment());
                }
            }
        } catch (RuntimeException e) {
            if (participating != null) {
                participating.release();
            }
            throw e;
        }
        return new BuildKeys(columns, nullsEqual, encoding, participating);
    }

    private BuildKeys(
            List<Column> columns,
            List<Boolean> nullsEqual,
            @Nullable KeyEncoding encoding,
            @Nullable DataBuffer participating) {
        this.columns = columns;
        this.nullsEqual = nullsEqual;
        this.encoding = encoding;
        this.participating = participating;
    }

    /// Returns the build side's key columns.
    List<Column> columns() {
        return columns;
    }

    /// Tells, a key, whether nulls are equal.
    List<Boolean> nullsEqual() {
        return nullsEqual;
    }

    /// Returns the exact encoding, or null when codes are hashes.
    @Nullable KeyEncoding encoding() {
        return encoding;
    }

    /// Returns the bitmap of build rows that can match, or null when all can: those without a null
    /// in a key that is not `nullsEqual`.
    @Nullable MemorySegment participating() {
        return participating == null ? null : participating.segment();
    }

    /// Tells whether two build rows have the same key.
    boolean equal(int left, int right) {
        for (Column column : columns) {
            if (!ValueEquality.equal(column, left, column, right)) {
                return false;
            }
        }
        return true;
    }

    /// Tells whether a probe row and a build row have the same key.
    boolean equal(List<Column> probe, int probeRow, int buildRow) {
        for (int k = 0; k < columns.size(); k++) {
            if (!ValueEquality.equal(probe.get(k), probeRow, columns.get(k), buildRow)) {
                return false;
            }
        }
        return true;
    }

    /// Writes the codes of all rows of a side's key columns.
    ///
    /// @param scratch room for as many int64
    void encode(
            List<Column> keys,
            int rowCount,
            MemorySegment codes,
            MemorySegment scratch,
            MemoryAllocator allocator) {
        if (encoding == null) {
            for (int k = 0; k < keys.size(); k++) {
                HashKernels.hash(keys.get(k), rowCount, codes, k > 0);
            }
            return;
        }
        try (NullBitmaps valid = new NullBitmaps(keys, nullsEqual, allocator)) {
            encoding.encode(keys, valid.segments, 0, rowCount, codes, scratch);
        }
    }

    /// Opens the bitmaps which [KeyEncoding#encode] wants, for a walk over the build side.
    NullBitmaps nullBitmaps(MemoryAllocator allocator) {
        return new NullBitmaps(columns, nullsEqual, allocator);
    }

    @Override
    public void close() {
        if (participating != null) {
            participating.release();
        }
    }

    /// Bitmaps of rows that are not null, of the keys for which it matters.
    static final class NullBitmaps implements AutoCloseable {
        private final Ownership owned = new Ownership();
        final @Nullable MemorySegment[] segments;

        NullBitmaps(List<Column> keys, List<Boolean> nullsEqual, MemoryAllocator allocator) {
            segments = new MemorySegment[Math.max(1, keys.size())];
            try {
                for (int k = 0; k < keys.size(); k++) {
                    Column key = keys.get(k);
                    if (nullsEqual.get(k) && KeyNulls.mayHaveNulls(key)) {
                        DataBuffer bits =
                                owned.hold(allocator.allocate(Bitmap.bytes(key.rowCount())));
                        Bitmap.fill(bits.segment(), key.rowCount());
                        KeyNulls.andNotNull(key, bits.segment());
                        segments[k] = bits.segment();
                    }
                }
            } catch (RuntimeException e) {
                owned.close();
                throw e;
            }
        }

        @Override
        public void close() {
            owned.close();
        }
    }

    /// Returns the columns at the given positions.
    static List<Column> pick(Batch batch, List<Integer> positions) {
        List<Column> picked = new ArrayList<>(positions.size());
        for (int position : positions) {
            picked.add(batch.column(position));
        }
        return picked;
    }
}
