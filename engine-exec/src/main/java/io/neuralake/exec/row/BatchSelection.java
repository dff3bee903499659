package io.neuralake.exec.row;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

/// Makes batches that share the columns of others. Thread-safe.
public final class BatchSelection {
    /// Batches with fewer than one row in this many selected are compacted.
    private static final int SPARSE = 5;

    private BatchSelection() {}

    /// Returns a second batch of the same rows; each is closed on its own.
    public static Batch share(Batch batch) {
        DataBuffer selection = batch.selection();
        Column[] columns = columns(batch);
        return selection == null
                ? Batch.of(batch.rowCount(), columns)
                : Batch.selected(
                        batch.rowCount(), columns, selection.retain(), batch.selectedCount());
    }

    /// Returns a batch of the columns of `batch`, which stays the caller's, with another selection.
    ///
    /// @param selection a bitmap, owned by the result
    public static Batch select(Batch batch, DataBuffer selection, int selectedCount) {
        return Batch.selected(batch.rowCount(), columns(batch), selection, selectedCount);
    }

    /// Narrows a batch to the rows set in `passed`, compacting it when few are left. Takes ownership
    /// of both.
    public static Batch narrow(
            Batch input, DataBuffer passed, int count, MemoryAllocator allocator) {
        Batch narrowed;
        try (input) {
            narrowed = select(input, passed, count);
        }
        if (count < input.rowCount() / SPARSE) {
            try (narrowed) {
                return BatchCompactor.compact(narrowed, allocator);
            }
        }
        return narrowed;
    }

    private static Column[] columns(Batch batch) {
        Column[] columns = new Column[batch.columnCount()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = batch.column(i).retain();
        }
        return columns;
    }
}
