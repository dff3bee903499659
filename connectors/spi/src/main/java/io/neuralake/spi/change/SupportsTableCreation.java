package io.neuralake.spi.change;

import io.neuralake.spi.catalog.QualifiedName;
import io.neuralake.spi.catalog.TableFormat;
import io.neuralake.spi.change.SupportsTableChanges.CreateMode;

/// A format in which tables can be made and dropped. Thread-safe.
public interface SupportsTableCreation extends TableFormat {
    /// Starts making a table, or replacing one. Throws as [SupportsTableChanges#create].
    ///
    /// @param name of the table
    /// @param location its folder, which need not exist
    TableTransaction create(
            QualifiedName name, String location, TableDefinition definition, CreateMode mode);

    /// Deletes a table with its files. A crash leaves either a table or none.
    ///
    /// @return whether there was one
    boolean drop(String location);
}
