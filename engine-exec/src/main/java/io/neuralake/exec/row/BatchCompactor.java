package io.neuralake.exec.row;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

import java.lang.foreign.MemorySegment;

/// Applies selections. Thread-safe.
public final class BatchCompactor {
    private BatchCompactor() {}

    /// Returns a batch of just the selected rows, without selection, which the caller owns. The input
    /// stays the caller's; its columns are shared when all rows are selected.
    public static Batch compact(Batch batch, MemoryAllocator allocator) {
        DataBuffer selection = batch.selection();
        if (selection == null || batch.selectedCount() == batch.rowCount()) {
            Column[] columns = new Column[batch.columnCount()];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = batch.column(i).retain();
            }
            return Batch.of(batch.rowCount(), columns);
        }
        DataBuffer indexes = allocator.allocate((long) batch.rowCount() << 2);
        try {
            int count = Bitmap.toIndexes(selection.segment(), batch.rowCount(), indexes.segment());
            return gather(batch, indexes.segment(), count, allocator);
        } finally {
            indexes.release();
        }
    }

    /// Returns a batch of `count` rows of `batch`, picked by int32 index, which the caller owns. The
    /// selection plays no part.
    public static Batch gather(
            Batch batch, MemorySegment indexes, int count, MemoryAllocator allocator) {
        try (Ownership owned = new Ownership()) {
            Column[] columns = new Column[batch.columnCount()];
            for (int i = 0; i < columns.length; i++) {
                columns[i] =
                        owned.hold(ColumnGather.gather(batch.column(i), indexes, count, allocator));
            }
            Batch result = Batch.of(count, columns);
            owned.transfer();
            return result;
        }
    }
}
