package io.neuralake.exec.operator.join;

import io.neuralake.exec.row.RowBytes;
import io.neuralake.exec.scheduler.WorkSharing;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// What the build side left: its rows, the table, and one byte a row that says whether a probe row
/// matched it. Immutable but for the marks, which workers set without synchronization: they only ever
/// write 1, and are read when all have finished.
final class BuildSide implements BuildRows, AutoCloseable {
    private final Batch rows;
    private final BuildKeys keys;
    private final JoinTable table;
    private final @Nullable DataBuffer marks;
    private long nullKeyRows;
    private boolean isPart;

    /// Takes ownership of `rows`, also when it throws.
    static BuildSide of(
            Batch rows,
            List<Integer> keyPositions,
            List<Boolean> nullsEqual,
            boolean integerProbeKeys,
            boolean marked,
            MemoryAllocator allocator,
            WorkSharing sharing) {
        BuildKeys keys = null;
        JoinTable table = null;
        try {
            List<Column> columns = BuildKeys.pick(rows, keyPositions);
            keys = BuildKeys.of(columns, nullsEqual, integerProbeKeys, allocator);
            table = new JoinTable(keys, rows.rowCount(), allocator, sharing);
            DataBuffer marks = marked ? allocator.allocateZeroed(rows.rowCount()) : null;
            return new BuildSide(rows, keys, table, marks);
        } catch (RuntimeException | Error e) {
            if (table != null) {
                table.close();
            }
            if (keys != null) {
                keys.close();
            }
            rows.close();
            throw e;
        }
    }

    private BuildSide(Batch rows, BuildKeys keys, JoinTable table, @Nullable DataBuffer marks) {
        this.rows = rows;
        this.keys = keys;
        this.table = table;
        this.marks = marks;
        MemorySegment participating = keys.participating();
        this.nullKeyRows =
                participating == null
                        ? 0
                        : rows.rowCount() - Bitmap.count(participating, rows.rowCount());
    }

    /// Returns all rows, as one batch without selection.
    @Override
    public Batch rows() {
        return rows;
    }

    BuildKeys keys() {
        return keys;
    }

    JoinTable table() {
        return table;
    }

    /// Returns how many rows have a null in a key that is not `nullsEqual`.
    long nullKeyRows() {
        return nullKeyRows;
    }

    /// Says, before anybody probes, that these are some rows of a build side that is not empty.
    ///
    /// @param nullKeyRowsOfAll rows of the whole that have a null in a key that is not `nullsEqual`
    void bePartOf(long nullKeyRowsOfAll) {
        isPart = true;
        nullKeyRows = nullKeyRowsOfAll;
    }

    /// Tells whether the whole build side has no rows.
    boolean isEmpty() {
        return rows.rowCount() == 0 && !isPart;
    }

    /// Returns about how much memory this takes.
    long bytes() {
        return RowBytes.estimate(rows, rows.rowCount())
                + table.bytes()
                + (marks == null ? 0 : marks.size());
    }

    /// Tells whether a row is marked as matched.
    @Override
    public MemorySegment marks() {
        if (marks == null) {
            throw new IllegalStateException("Join type does not mark build rows");
        }
        return marks.segment();
    }

    /// Marks build rows as matched.
    void mark(MemorySegment buildRows, int count) {
        long base = marks().address();
        for (int i = 0; i < count; i++) {
            int row = Rows.get(buildRows, i);
            if (row >= 0) {
                NativeMemory.setByte(StringView.MEMORY, base + row, (byte) 1);
            }
        }
    }

    /// Marks all build rows of the keys that were found.
    void markKeys(MemorySegment heads, int count) {
        if (!table.hasDuplicates()) {
            mark(heads, count);
            return;
        }
        MemorySegment bytes = marks();
        long next = table.nextAddress();
        for (int i = 0; i < count; i++) {
            int row = Rows.get(heads, i);
            // whoever marks the first row of a key also marks the others
            while (row >= 0 && NativeMemory.getByte(bytes, row) == 0) {
                NativeMemory.setByte(bytes, row, (byte) 1);
                row = JoinTable.next(next, row);
            }
        }
    }

    @Override
    public void close() {
        if (marks != null) {
            marks.release();
        }
        table.close();
        keys.close();
        rows.close();
    }
}
