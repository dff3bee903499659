package io.neuralake.exec.row;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;

import java.util.ArrayList;
import java.util.List;

/// Holds references while something larger is put together, and releases them unless [#transfer]
/// was called: an allocation that fails half-way leaks nothing.
public final class Ownership implements AutoCloseable {
    private final List<Object> held = new ArrayList<>(4);

    /// Takes over one reference of the buffer and returns it.
    public DataBuffer hold(DataBuffer buffer) {
        held.add(buffer);
        return buffer;
    }

    /// Takes over one reference of the column and returns it.
    public Column hold(Column column) {
        held.add(column);
        return column;
    }

    /// Gives all references to whoever was handed the buffers and columns.
    public void transfer() {
        held.clear();
    }

    /// Releases what was not transferred.
    @Override
    public void close() {
        for (Object each : held) {
            if (each instanceof DataBuffer buffer) {
                buffer.release();
            } else if (each instanceof Column column) {
                column.release();
            }
        }
        held.clear();
    }
}
