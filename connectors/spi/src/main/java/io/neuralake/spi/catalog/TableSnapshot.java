package io.neuralake.spi.catalog;

import io.neuralake.spi.connector.Connector;
import io.neuralake.spi.type.Schema;

/// One immutable version of a table, as a query sees it from planning to its end.
public interface TableSnapshot {
    /// Returns the table's name. Ad-hoc tables (a file in FROM) use the path as table name.
    QualifiedName name();

    /// Returns the columns.
    Schema schema();

    /// Returns statistics; cheap, computed at most once.
    TableStatistics statistics();

    /// Returns what identifies the version: two snapshots of a table with equal versions hold the
    /// same rows. Plans are cached by it.
    Object version();

    /// Returns the connector that reads it.
    Connector connector();

    /// Returns the table's description, or the empty string.
    default String comment() {
        return "";
    }
}
