package io.neuralake.spi.catalog;

import java.util.List;
import java.util.Optional;

/// A named collection of schemas. Thread-safe. Lookups see changes of the lake without a restart.
public interface Catalog {
    /// Returns the catalog's name.
    String name();

    /// Lists the schemas in alphabetical order.
    List<String> schemas();

    /// Lists the tables of a schema in alphabetical order; empty when there is no such schema.
    List<String> tables(String schema);

    /// Opens the current version of a table. Names match exactly, else ignoring case. Throws
    /// CORRUPT_FILE or STORAGE_ERROR when the table is there but cannot be read.
    Optional<TableSnapshot> table(String schema, String table);
}
