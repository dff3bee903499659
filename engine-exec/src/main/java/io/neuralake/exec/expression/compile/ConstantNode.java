package io.neuralake.exec.expression.compile;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.Collections;

/// A constant, made once.
final class ConstantNode extends Node {
    private final Column single;
    private boolean closed;

    ConstantNode(@Nullable Object value, Type type, MemoryAllocator allocator) {
        super(type);
        this.single = ColumnBuilder.of(allocator, type, Collections.singletonList(value));
    }

    /// Tells whether the constant is NULL.
    boolean isNull() {
        return single.isNull(0);
    }

    @Override
    Column evaluate(Frame frame) {
        return frame.memory().constant(frame.rowCount(), single);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            single.release();
        }
    }
}
