package io.neuralake.spi.connector;

import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.memory.MemoryAllocator;

import java.util.List;

/// What a source gets from the worker that opens it.
public interface ScanContext {
    /// Returns where batches are allocated.
    MemoryAllocator allocator();

    /// Returns the rows of a full batch, at most 8192. Batches of which row filters leave rows out may be longer, up to
    /// 8192 as well.
    int batchRows();

    /// Returns conditions that the source must apply to every batch it returns: rows that fail are
    /// left out of the batch or out of its selection. In the order in which to apply them.
    List<RowFilter> rowFilters();

    /// Tells whether anybody reads a column behind the row filters. The source returns any values, or nulls, for
    /// another.
    ///
    /// @param column position in the request's columns
    default boolean isRead(int column) {
        return true;
    }

    /// Returns predicates that became known since planning (from join build sides). Ask again before
    /// each piece of work.
    List<ScanPredicate> dynamicPredicates();

    /// Returns the counters of this scan.
    ScanMetrics metrics();

    /// Throws CANCELLED when the query was cancelled. Ask at least once a batch.
    void checkCancelled();
}
