package io.neuralake.exec.expression.compile;

import io.neuralake.exec.function.EvaluationMemory;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import org.jspecify.annotations.Nullable;

/// Evaluates a compiled expression over batches.
final class ColumnEvaluator implements ExpressionEvaluator {
    private final Node node;
    private final EvaluationMemory memory;

    ColumnEvaluator(Node node, EvaluationMemory memory) {
        this.node = node;
        this.memory = memory;
    }

    @Override
    public Column evaluate(Batch input) {
        try {
            return node.evaluate(frame(memory, input)).retain();
        } finally {
            memory.reset();
        }
    }

    /// Returns the frame of a batch.
    static Frame frame(EvaluationMemory memory, Batch input) {
        @Nullable Column[] columns = new Column[input.columnCount()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = input.column(i);
        }
        DataBuffer selection = input.selection();
        return new Frame(
                memory, columns, input.rowCount(), selection == null ? null : selection.segment());
    }

    @Override
    public void close() {
        node.close();
        memory.close();
    }
}
