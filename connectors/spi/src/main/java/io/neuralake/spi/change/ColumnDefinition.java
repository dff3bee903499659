package io.neuralake.spi.change;

import io.neuralake.spi.type.Field;

import org.jspecify.annotations.Nullable;

/// A column of a table, and what it holds where a statement does not say.
///
/// @param field name, type, and whether it may be null
/// @param defaultValue SQL expression without columns of what a row has that does not say; null for NULL
/// @param generatedAs SQL expression over the other columns, with whose value all rows must agree; null
///     for a column of its own
/// @param identity whether the table hands out its values
/// @param comment description, or the empty text
public record ColumnDefinition(
        Field field,
        @Nullable String defaultValue,
        @Nullable String generatedAs,
        boolean identity,
        String comment) {
    /// Makes a column without default, generation and comment.
    public static ColumnDefinition of(Field field) {
        return new ColumnDefinition(field, null, null, false, "");
    }
}
