package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ConstantColumn;

/// Repeats one value: partition columns, and columns that the file does not have.
public final class ConstantReader implements ColumnReader {
    private final Column single;
    private boolean closed;

    /// Takes ownership of one reference of `single`, a column of one row.
    public ConstantReader(Column single) {
        this.single = single;
    }

    @Override
    public Column read(int rows) {
        return new ConstantColumn(rows, single.retain());
    }

    @Override
    public void skip(long rows) {}

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            single.release();
        }
    }
}
