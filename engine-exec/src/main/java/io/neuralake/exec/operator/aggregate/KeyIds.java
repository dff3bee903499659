package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.function.aggregate.BatchScratch;
import io.neuralake.exec.function.aggregate.RowSet;
import io.neuralake.spi.batch.Column;

import java.lang.foreign.MemorySegment;

/// Gives small numbers to the values of one key: 0 is null. Belongs to one worker.
interface KeyIds extends AutoCloseable {
    /// Tells whether it is worth asking for the ids of a column.
    boolean mayHaveFew(Column column);

    /// Makes sure that all values of some rows have ids; for these rows [#addIds] comes next, with the
    /// same scratch.
    ///
    /// @return false when values have other ids than before
    boolean learn(Column column, RowSet rows, BatchScratch scratch);

    /// Returns how many ids there are, null's included.
    int ids();

    /// Adds each position's id, times `stride`, to its cell.
    ///
    /// @param first whether to overwrite what is in the cells
    /// @param cell int32
    void addIds(Column column, RowSet rows, int stride, boolean first, MemorySegment cell);

    @Override
    void close();
}
