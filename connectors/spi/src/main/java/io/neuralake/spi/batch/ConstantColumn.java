package io.neuralake.spi.batch;

import org.jspecify.annotations.Nullable;

/// One value, or null, for all rows.
public final class ConstantColumn extends Column {
    private final Column single;

    /// Takes ownership of one reference of `single`.
    ///
    /// @param single a flat form of one row
    public ConstantColumn(int rowCount, Column single) {
        super(single.type(), rowCount, null);
        if (single.rowCount() != 1
                || single instanceof DictionaryColumn
                || single instanceof ConstantColumn) {
            throw new IllegalArgumentException("A constant must be one row of a flat form");
        }
        this.single = single;
    }

    /// Returns the column of one row, which stays this column's.
    public Column single() {
        return single;
    }

    /// Tells whether all rows are null.
    public boolean isNull() {
        return single.isNull(0);
    }

    @Override
    public boolean isNull(int row) {
        return single.isNull(0);
    }

    @Override
    public @Nullable Object value(int row) {
        return single.value(0);
    }

    @Override
    void free() {
        single.release();
    }
}
