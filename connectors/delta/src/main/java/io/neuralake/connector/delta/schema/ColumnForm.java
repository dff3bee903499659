package io.neuralake.connector.delta.schema;

/// What the files of a table have of a column.
public enum ColumnForm {
    /// Values of its type.
    PLAIN,

    /// Variants, of which queries see the JSON text.
    VARIANT,

    /// Nothing: Delta's `void`, which is null in all rows.
    VOID
}
