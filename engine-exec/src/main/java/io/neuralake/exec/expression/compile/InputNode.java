package io.neuralake.exec.expression.compile;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.type.Type;

/// Reads a column of the input.
final class InputNode extends Node {
    private final int column;

    InputNode(int column, Type type) {
        super(type);
        this.column = column;
    }

    @Override
    Column evaluate(Frame frame) {
        Column found = frame.columns()[column];
        if (found == null) {
            throw new IllegalStateException("Column was not given: " + column);
        }
        return found;
    }
}
