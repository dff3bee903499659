package io.neuralake.exec.operator.sort;

import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.exec.row.Ownership;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.DictionaryColumn;
import io.neuralake.spi.batch.FlatColumn;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.ScalarType;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Brings key columns into a plain form: dictionaries become the ranks of their values.
final class SortColumns {

    private SortColumns() {}

    /// Returns a column a key, which the caller owns, of the same order as the key's.
    static List<Column> keys(List<SortKey> keys, List<Column> columns, MemoryAllocator allocator) {
        try (Ownership owned = new Ownership()) {
            List<Column> plain = new ArrayList<>();
            for (SortKey key : keys) {
                Column column = columns.get(key.column());
                plain.add(
                        owned.hold(
                                column instanceof DictionaryColumn d
                                                && d.dictionary().rowCount() < d.rowCount() / 2
                                        ? ranks(d, allocator)
                                        : ColumnFlatten.flatten(column, allocator)));
            }
            owned.transfer();
            return plain;
        }
    }

    private static Column ranks(DictionaryColumn column, MemoryAllocator allocator) {
        try (Ownership owned = new Ownership()) {
            Column dictionary = column.dictionary();
            DataBuffer rankOfCode = owned.hold(ranksOf(dictionary, allocator));
            int rows = column.rowCount();
            DataBuffer values = owned.hold(allocator.allocate(4L * rows));
            MemorySegment codes = column.codes();
            for (int i = 0; i < rows; i++) {
                int rank =
                        NativeMemory.getInt(
                                rankOfCode.segment(), 4L * NativeMemory.getInt(codes, 4L * i));
                NativeMemory.setInt(values.segment(), 4L * i, rank);
            }
            DataBuffer validity = null;
            if (column.validity() != null || column.dictionaryHasNulls()) {
                validity = owned.hold(allocator.allocateZeroed(Bitmap.bytes(rows)));
                for (int i = 0; i < rows; i++) {
                    if (!column.isNull(i)) {
                        Bitmap.set(validity.segment(), i, true);
                    }
                }
            }
            owned.transfer();
            rankOfCode.release();
            return new FlatColumn(ScalarType.INTEGER, rows, values, validity);
        }
    }

    /// Returns the rank of each value, int32; equal values have equal ranks.
    private static DataBuffer ranksOf(Column dictionary, MemoryAllocator allocator) {
        int size = dictionary.rowCount();
        Column plain = ColumnFlatten.flatten(dictionary, allocator);
        try (Ownership owned = new Ownership()) {
            owned.hold(plain);
            List<KeyLevel> levels =
                    KeyLevels.of(List.of(new SortKey(0, false, false)), List.of(plain), size);
            DataBuffer rows = owned.hold(allocator.allocate(4L * size));
            DataBuffer words = owned.hold(allocator.allocate(8L * size));
            for (int i = 0; i < size; i++) {
                NativeMemory.setInt(rows.segment(), 4L * i, i);
            }
            DataBuffer ranks = allocator.allocate(4L * size);
            try (RowSorter sorter = new RowSorter(levels, allocator, () -> {})) {
                sorter.sort(rows.segment(), words.segment(), size);
                int rank = 0;
                for (int i = 0; i < size; i++) {
                    int row = NativeMemory.getInt(rows.segment(), 4L * i);
                    if (i > 0
                            && sorter.compare(
                                            0, NativeMemory.getInt(rows.segment(), 4L * i - 4), row)
                                    != 0) {
                        rank++;
                    }
                    NativeMemory.setInt(ranks.segment(), 4L * row, rank);
                }
            }
            return ranks;
        }
    }
}
