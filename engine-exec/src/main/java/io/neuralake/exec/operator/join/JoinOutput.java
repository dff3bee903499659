package io.neuralake.exec.operator.join;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.exec.row.ConstantColumns;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Makes the result batches of a join: just the columns of its `output`. Belongs to one worker.
final class JoinOutput implements AutoCloseable {
    /// A selection of fewer rows than one in this many is compacted.
    private static final int SPARSE = 5;

    private final int[] positions;
    private final int probeWidth;
    private final Schema probeSchema;
    private final int buildWidth;
    private final MemoryAllocator allocator;
    private final Scratch rows;

    JoinOutput(
            JoinType type,
            Schema probeSchema,
            Schema buildSchema,
            List<Integer> output,
            MemoryAllocator allocator) {
        this.positions = output.stream().mapToInt(Integer::intValue).toArray();
        this.probeWidth = type.hasProbeColumns() ? probeSchema.size() : 0;
        this.buildWidth = type.hasBuildColumns() ? buildSchema.size() : 0;
        this.probeSchema = probeSchema;
        this.allocator = allocator;
        this.rows = new Scratch(allocator);
    }

    /// Returns the rows of pairs.
    ///
    /// @param nullable whether `buildRows` may hold -1, for null build columns
    Batch pairs(
            Batch probe,
            MemorySegment probeRows,
            Batch build,
            MemorySegment buildRows,
            int count,
            boolean nullable) {
        try (Ownership owned = new Ownership()) {
            Column[] columns = new Column[positions.length];
            for (int i = 0; i < columns.length; i++) {
                int p = positions[i];
                columns[i] =
                        owned.hold(
                                p < probeWidth
                                        ? ColumnGather.gather(
                                                probe.column(p), probeRows, count, allocator)
                                        : buildColumn(build, p, buildRows, count, nullable));
            }
            Batch result = Batch.of(count, columns);
            owned.transfer();
            return result;
        }
    }

    private Column buildColumn(
            Batch build, int position, MemorySegment rows, int count, boolean nullable) {
        Column column = build.column(position - probeWidth);
        return nullable
                ? ColumnGather.gatherNullable(column, rows, count, allocator)
                : ColumnGather.gather(column, rows, count, allocator);
    }

    /// Returns the selected rows of the probe batch, each with at most one build row, sharing the
    /// probe columns where possible.
    ///
    /// @param selected bitmap, or null for all rows
    /// @param heads a build row for each physical row, -1 for nulls; null when no build column is put
    ///     out or all are null
    /// @param mark the last column of MARK joins; of one reference that is taken over
    Batch inPlace(
            Batch probe,
            Batch build,
            @Nullable MemorySegment selected,
            int selectedCount,
            @Nullable MemorySegment heads,
            boolean nullable,
            @Nullable Column mark) {
        int count = probe.rowCount();
        try (Ownership owned = new Ownership()) {
            Column marks = mark == null ? null : owned.hold(mark);
            boolean all = selected == null || selectedCount == count;
            int sparse = heads == null ? SPARSE : 2;
            if (selected != null
                    && !all
                    && (long) selectedCount * sparse < count
                    && marks == null) {
                return compacted(probe, build, selected, heads, nullable);
            }
            Column[] columns = new Column[positions.length];
            for (int i = 0; i < columns.length; i++) {
                int p = positions[i];
                Column column;
                if (p < probeWidth) {
                    column = probe.column(p).retain();
                } else if (p < probeWidth + buildWidth) {
                    column =
                            heads == null
                                    ? ConstantColumns.nulls(
                                            build.column(p - probeWidth).type(), count, allocator)
                                    : buildColumn(build, p, heads, count, nullable);
                } else if (marks != null) {
                    column = marks.retain();
                } else {
                    throw new IllegalStateException("No such output column: " + p);
                }
                columns[i] = owned.hold(column);
            }
            Batch result =
                    all || selected == null
                            ? Batch.of(count, columns)
                            : Batch.selected(
                                    count,
                                    columns,
                                    owned.hold(Rows.copy(selected, count, allocator)),
                                    selectedCount);
            owned.transfer();
            if (marks != null) {
                marks.release();
            }
            return result;
        }
    }

    private Batch compacted(
            Batch probe,
            Batch build,
            MemorySegment selected,
            @Nullable MemorySegment heads,
            boolean nullable) {
        int rowCount = probe.rowCount();
        MemorySegment both = rows.get(8L * rowCount);
        MemorySegment probeRows = both.asSlice(0, 4L * rowCount);
        MemorySegment buildRows = both.asSlice(4L * rowCount);
        int count = Bitmap.toIndexes(selected, rowCount, probeRows);
        for (int i = 0; i < count; i++) {
            Rows.set(buildRows, i, heads == null ? -1 : Rows.get(heads, Rows.get(probeRows, i)));
        }
        return pairs(probe, probeRows, build, buildRows, count, nullable || heads == null);
    }

    /// Returns the output columns of candidate rows that were selected, sharing columns where possible.
    ///
    /// @param combined the combined row's columns, of `rowCount` rows each; stay the caller's
    Batch select(Column[] combined, int rowCount, MemorySegment selected, int selectedCount) {
        try (Ownership owned = new Ownership()) {
            Column[] columns = new Column[positions.length];
            boolean sparse = (long) selectedCount * SPARSE < rowCount;
            MemorySegment picked = MemorySegment.NULL;
            if (sparse) {
                picked = rows.get(4L * rowCount);
                Bitmap.toIndexes(selected, rowCount, picked);
            }
            for (int i = 0; i < columns.length; i++) {
                Column column = combined[positions[i]];
                columns[i] =
                        owned.hold(
                                sparse
                                        ? ColumnGather.gather(
                                                column, picked, selectedCount, allocator)
                                        : column.retain());
            }
            Batch result =
                    sparse
                            ? Batch.of(selectedCount, columns)
                            : selectedCount == rowCount
                                    ? Batch.of(rowCount, columns)
                                    : Batch.selected(
                                            rowCount,
                                            columns,
                                            owned.hold(Rows.copy(selected, rowCount, allocator)),
                                            selectedCount);
            owned.transfer();
            return result;
        }
    }

    /// Returns build rows, with null probe columns if the result has any.
    Batch buildRows(Batch build, MemorySegment buildRows, int count) {
        try (Ownership owned = new Ownership()) {
            Column[] columns = new Column[positions.length];
            for (int i = 0; i < columns.length; i++) {
                int p = positions[i];
                columns[i] =
                        owned.hold(
                                p < probeWidth
                                        ? ConstantColumns.nulls(
                                                probeSchema.field(p).type(), count, allocator)
                                        : buildColumn(build, p, buildRows, count, false));
            }
            Batch result = Batch.of(count, columns);
            owned.transfer();
            return result;
        }
    }

    @Override
    public void close() {
        rows.close();
    }
}
