package io.neuralake.exec.expression.compile;

import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;

/// Evaluates one expression over batches. Belongs to one worker.
public interface ExpressionEvaluator extends AutoCloseable {
    /// Computes a column of `input.rowCount()` rows, which the caller owns; for a bare reference the
    /// input's column, retained. The input stays the caller's. Rows that are not selected have
    /// readable values without meaning. Raises row errors (22012, 22003, ...) of selected rows only.
    Column evaluate(Batch input);

    /// Frees scratch; idempotent.
    @Override
    void close();
}
