package io.neuralake.exec;

import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.type.Schema;

/// The rows of a running query, taken at the reader's pace: few batches wait at a time, and the
/// query's work pauses while nobody takes them. Used by one thread at a time, but [#cancel] by any.
public interface QueryResult extends AutoCloseable {
    /// Returns the columns.
    Schema schema();

    /// Takes the next batch without waiting. Batches have flat, view, list, struct, dictionary or
    /// constant columns and may have a selection; they belong to the caller. Throws the query's
    /// error; after FINISHED the result was complete.
    ReadResult poll();

    /// Waits for the next answer other than BLOCKED.
    ReadResult take();

    /// Stops the work within one morsel; the next [#poll] throws CANCELLED. Idempotent.
    void cancel();

    /// Returns what the query did so far.
    QueryStatistics statistics();

    /// Stops the work if it goes on, waits until the workers have left, and frees everything. Throws
    /// nothing for a query that failed. Idempotent.
    @Override
    void close();
}
