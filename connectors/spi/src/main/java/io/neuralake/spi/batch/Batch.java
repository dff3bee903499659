package io.neuralake.spi.batch;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Columns of the same row count, with an optional selection: a bitmap whose set bits are the rows
/// that count. Rows that are not selected hold readable values without meaning; kernels may compute
/// on them, but errors of theirs are not raised. A producer that selects few rows (below about 20 %)
/// compacts instead. Owned by one thread at a time; [#close] releases the columns.
///
/// @see Column
public final class Batch implements AutoCloseable {
    private final int rowCount;
    private final Column[] columns;
    private final @Nullable DataBuffer selection;
    private final int selectedCount;
    private boolean closed;

    private Batch(
            int rowCount, Column[] columns, @Nullable DataBuffer selection, int selectedCount) {
        this.rowCount = rowCount;
        this.columns = columns;
        this.selection = selection;
        this.selectedCount = selectedCount;
    }

    /// Makes a batch with all rows selected. Takes ownership of one reference of each column.
    public static Batch of(int rowCount, Column... columns) {
        for (Column column : columns) {
            if (column.rowCount() != rowCount) {
                throw new IllegalArgumentException(
                        "Column rows differ from batch rows: "
                                + column.rowCount()
                                + ", "
                                + rowCount);
            }
        }
        return new Batch(rowCount, columns, null, rowCount);
    }

    /// Makes a batch with a selection. Takes ownership of the columns and of `selection`.
    ///
    /// @param selection bitmap of `rowCount` bits; bits behind are clear
    /// @param selectedCount number of bits set
    public static Batch selected(
            int rowCount, Column[] columns, DataBuffer selection, int selectedCount) {
        return new Batch(rowCount, columns, selection, selectedCount);
    }

    /// Returns the physical rows of each column.
    public int rowCount() {
        return rowCount;
    }

    /// Returns the rows that count.
    public int selectedCount() {
        return selectedCount;
    }

    /// Returns the bitmap of rows that count, or null when all do.
    public @Nullable DataBuffer selection() {
        return selection;
    }

    /// Returns the number of columns.
    public int columnCount() {
        return columns.length;
    }

    /// Returns a column, which stays the batch's.
    public Column column(int index) {
        return columns[index];
    }

    /// Returns the columns, which stay the batch's.
    public List<Column> columns() {
        return List.of(columns);
    }

    /// Releases columns and selection; idempotent.
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            for (Column column : columns) {
                column.release();
            }
            if (selection != null) {
                selection.release();
            }
        }
    }
}
