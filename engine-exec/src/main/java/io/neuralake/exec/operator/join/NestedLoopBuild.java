package io.neuralake.exec.operator.join;

import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// The build side of a nested-loop join: its rows as one batch of plain columns and, to be tried
/// against single probe rows, in chunks.
final class NestedLoopBuild implements BuildRows, AutoCloseable {
    /// Rows of a chunk.
    static final int CHUNK_ROWS = 2048;

    private final Batch rows;
    private final List<Batch> chunks;
    private final DataBuffer marks;

    /// Takes ownership of `collected`, also when it throws.
    static NestedLoopBuild of(Batch collected, MemoryAllocator allocator) {
        List<Batch> chunks = new ArrayList<>();
        Batch rows = null;
        try (collected) {
            rows = flatten(collected, allocator);
            int rowCount = rows.rowCount();
            if (rowCount <= CHUNK_ROWS) {
                chunks.add(BatchCompactor.compact(rows, allocator));
            } else {
                split(rows, chunks, allocator);
            }
            return new NestedLoopBuild(rows, chunks, allocator.allocateZeroed(rowCount));
        } catch (RuntimeException | Error e) {
            chunks.forEach(Batch::close);
            if (rows != null) {
                rows.close();
            }
            throw e;
        }
    }

    private static Batch flatten(Batch batch, MemoryAllocator allocator) {
        try (Ownership owned = new Ownership()) {
            Column[] columns = new Column[batch.columnCount()];
            for (int c = 0; c < columns.length; c++) {
                columns[c] = owned.hold(ColumnFlatten.flatten(batch.column(c), allocator));
            }
            Batch result = Batch.of(batch.rowCount(), columns);
            owned.transfer();
            return result;
        }
    }

    private static void split(Batch rows, List<Batch> chunks, MemoryAllocator allocator) {
        DataBuffer indexes = allocator.allocate(4L * CHUNK_ROWS);
        try {
            for (int from = 0; from < rows.rowCount(); from += CHUNK_ROWS) {
                int count = Math.min(CHUNK_ROWS, rows.rowCount() - from);
                for (int i = 0; i < count; i++) {
                    Rows.set(indexes.segment(), i, from + i);
                }
                chunks.add(BatchCompactor.gather(rows, indexes.segment(), count, allocator));
            }
        } finally {
            indexes.release();
        }
    }

    private NestedLoopBuild(Batch rows, List<Batch> chunks, DataBuffer marks) {
        this.rows = rows;
        this.chunks = chunks;
        this.marks = marks;
    }

    @Override
    public Batch rows() {
        return rows;
    }

    /// Returns the rows in order in batches of [#CHUNK_ROWS], but the last.
    List<Batch> chunks() {
        return chunks;
    }

    @Override
    public MemorySegment marks() {
        return marks.segment();
    }

    /// Marks a row as matched.
    void mark(int row) {
        NativeMemory.setByte(StringView.MEMORY, marks.address() + row, (byte) 1);
    }

    /// Tells whether a row was marked.
    boolean isMarked(int row) {
        return NativeMemory.getByte(marks.segment(), row) != 0;
    }

    @Override
    public void close() {
        marks.release();
        chunks.forEach(Batch::close);
        rows.close();
    }
}
