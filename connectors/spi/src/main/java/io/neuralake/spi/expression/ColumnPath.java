package io.neuralake.spi.expression;

import java.util.List;

/// Names a column of a table, or a member below it.
///
/// @param ordinal position in the table's schema, from 0
/// @param members names of struct members from the column down; empty for the column itself
public record ColumnPath(int ordinal, List<String> members) {
    /// Copies the list.
    public ColumnPath {
        members = List.copyOf(members);
    }

    /// Names a whole column.
    public static ColumnPath of(int ordinal) {
        return new ColumnPath(ordinal, List.of());
    }
}
