package io.neuralake.server.generate;

import io.neuralake.spi.type.Schema;

import java.util.function.Consumer;

/// A table whose rows a program makes; the same rows each time.
public interface GeneratedTable {
    /// Returns the table's name.
    String name();

    /// Returns the columns.
    Schema schema();

    /// Returns roughly how many rows there will be, for progress.
    long expectedRows();

    /// Makes all rows: fills `rows` and calls `endOfRow` after each. `rows` is made for the schema.
    void generate(RowBuilder rows, Consumer<RowBuilder> endOfRow);
}
