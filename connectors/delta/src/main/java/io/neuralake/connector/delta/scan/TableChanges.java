package io.neuralake.connector.delta.scan;

import io.neuralake.spi.change.TableDefinition;
import io.neuralake.spi.change.TableTransaction;

/// Changes tables, for [DeltaTable] to hand out. Thread-safe.
public interface TableChanges {
    /// Returns what a table is made of.
    TableDefinition definition(DeltaTable table);

    /// Starts a transaction that reads a version of a table.
    TableTransaction begin(DeltaTable table);
}
