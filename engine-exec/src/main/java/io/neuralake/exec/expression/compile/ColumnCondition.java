package io.neuralake.exec.expression.compile;

import io.neuralake.spi.batch.Column;

import java.lang.foreign.MemorySegment;

/// Uses a Boolean column as a condition.
final class ColumnCondition extends Condition {
    private final Node value;

    ColumnCondition(Node value) {
        this.value = value;
    }

    @Override
    Column evaluate(Frame frame) {
        return value.evaluate(frame);
    }

    @Override
    void select(Frame frame, MemorySegment bits, boolean want) {
        BooleanColumns.narrow(frame, value.evaluate(frame.narrowed(bits)), bits, want);
    }

    @Override
    public void close() {
        value.close();
    }
}
