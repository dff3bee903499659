package io.neuralake.spi.change;

import io.neuralake.spi.catalog.Catalog;

/// A catalog in which tables can be made and dropped. Thread-safe.
public interface SupportsTableChanges extends Catalog {
    /// Starts making a table. Nobody sees it before the transaction is committed. Throws TABLE_EXISTS
    /// (42P07), or TABLE_NOT_FOUND (42P01) if it shall replace one that is not there; both also by
    /// [TableTransaction#commit]. Throws SCHEMA_NOT_FOUND (3F000), UNSUPPORTED or INVALID_PARAMETER
    /// for what the definition asks.
    TableTransaction create(
            String schema, String table, TableDefinition definition, CreateMode mode);

    /// Drops a table with its files, if there is one. Throws STORAGE_ERROR, UNSUPPORTED for a table of
    /// another kind than this catalog can make.
    ///
    /// @return whether there was one
    boolean drop(String schema, String table);

    /// What to do with a table of the same name.
    enum CreateMode {
        /// There must be none.
        CREATE,
        /// There may be one, which is replaced: the new rows are its next version.
        CREATE_OR_REPLACE,
        /// There must be one, which is replaced.
        REPLACE
    }
}
