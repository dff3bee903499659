package io.neuralake.connector.delta.write;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.change.RowAddress;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;
import java.util.function.LongPredicate;

/// Chooses rows of a batch of one file by their positions.
final class AddressedRows {
    private AddressedRows() {}

    /// Returns the columns of the table, with those rows selected that are at some positions.
    ///
    /// @param addressed selected rows of one file; the columns behind the first `columns` are those of [RowAddress]
    /// @param columns number of the table's columns
    /// @param wanted tells which positions to select
    static Batch choose(
            Batch addressed, int columns, LongPredicate wanted, MemoryAllocator allocator) {
        int rows = addressed.rowCount();
        MemorySegment at = ((FlatColumn) addressed.column(columns + 1)).values();
        DataBuffer before = addressed.selection();
        DataBuffer chosen = allocator.allocateZeroed(Bitmap.bytes(rows));
        int count = 0;
        for (int i = 0; i < rows; i++) {
            if ((before == null || Bitmap.get(before.segment(), i))
                    && wanted.test(NativeMemory.getLong(at, (long) i << 3))) {
                Bitmap.set(chosen.segment(), i, true);
                count++;
            }
        }
        Column[] chosenColumns = new Column[columns];
        for (int c = 0; c < columns; c++) {
            chosenColumns[c] = addressed.column(c).retain();
        }
        return Batch.selected(rows, chosenColumns, chosen, count);
    }
}
