package io.neuralake.spi.change;

/// Kinds of changes.
public enum ChangeOperation {
    CREATE_TABLE,
    CREATE_TABLE_AS_SELECT,
    REPLACE_TABLE,
    REPLACE_TABLE_AS_SELECT,
    APPEND,
    OVERWRITE,
    DELETE,
    UPDATE,
    MERGE,
    COPY_INTO,
    TRUNCATE,
    ALTER,
    OPTIMIZE,
    RESTORE
}
