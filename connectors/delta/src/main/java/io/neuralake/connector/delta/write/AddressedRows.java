package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.scan.RowBitmap;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.change.RowAddress;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import java.lang.foreign.MemorySegment;

/// Chooses rows of a batch of one file by their positions.
final class AddressedRows {
    private AddressedRows() {}

    /// Returns the columns of the table, with those rows selected that are among some positions, or are not.
    ///
    /// @param addressed selected rows of one file; the last columns are those of [RowAddress]
    /// @param listed whether to select the rows that are among the positions, or the others
    static Batch choose(
            Batch addressed, RowBitmap positions, boolean listed, MemoryAllocator allocator) {
        int rows = addressed.rowCount();
        MemorySegment at = ((FlatColumn) addressed.column(addressed.columnCount() - 1)).values();
        DataBuffer before = addressed.selection();
        DataBuffer chosen = allocator.allocateZeroed(Bitmap.bytes(rows));
        int count = 0;
        for (int i = 0; i < rows; i++) {
            if ((before == null || Bitmap.get(before.segment(), i))
                    && positions.contains(NativeMemory.getLong(at, (long) i << 3)) == listed) {
                Bitmap.set(chosen.segment(), i, true);
                count++;
            }
        }
        Column[] columns = new Column[addressed.columnCount() - 2];
        for (int c = 0; c < columns.length; c++) {
            columns[c] = addressed.column(c).retain();
        }
        return Batch.selected(rows, columns, chosen, count);
    }
}
