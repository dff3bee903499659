package io.neuralake.spi.connector;

import io.neuralake.spi.batch.Batch;

import java.lang.foreign.MemorySegment;

/// A compiled condition which a source applies while it reads, so that it reads and decodes the
/// other columns only for rows (pages, row groups) that survive. Belongs to one worker.
public interface RowFilter {
    /// Returns the positions, in the request's columns, of the columns that the condition reads.
    int[] columns();

    /// Evaluates the condition.
    ///
    /// @param input just the columns of [#columns], in that order; stays the caller's. If it has a
    ///     selection, only selected rows are evaluated and may pass
    /// @param passed receives a bitmap of `input.rowCount()` bits, bits behind clear; set where the
    ///     condition is TRUE
    /// @return the number of bits set
    int apply(Batch input, MemorySegment passed);
}
