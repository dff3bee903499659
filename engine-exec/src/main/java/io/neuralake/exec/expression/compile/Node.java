package io.neuralake.exec.expression.compile;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.type.Type;

/// A compiled expression. Belongs to one worker.
abstract class Node implements AutoCloseable {
    private final Type type;

    Node(Type type) {
        this.type = type;
    }

    /// Returns the type of the result.
    final Type type() {
        return type;
    }

    /// Computes a column of the frame's rows, which the frame's memory lends (or the input owns).
    /// Rows that do not count hold readable values without meaning; their errors are not raised.
    abstract Column evaluate(Frame frame);

    /// Frees what the node holds; idempotent.
    @Override
    public void close() {}
}
