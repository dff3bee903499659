package io.neuralake.connector.parquet.decode;

import io.neuralake.spi.batch.Column;

import org.jspecify.annotations.Nullable;

/// The `typed_value` of a shredded variant. For one thread.
sealed interface VariantTyped permits VariantScalar, VariantList, VariantObject {
    /// Turns to another column, which is lent until the next one.
    void bind(Column column);

    /// Tells whether a row has no such value.
    boolean isNull(int row);

    /// Writes the value of a row that has one. Throws [io.neuralake.connector.parquet.file.CorruptFile].
    ///
    /// @param rest what the row has beside it that is not shredded, loaded; null for nothing
    void write(int row, @Nullable ViewCursor rest);
}
