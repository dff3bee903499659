package io.neuralake.spi.change;

import io.neuralake.spi.catalog.TableSnapshot;

/// A table that can be changed.
public interface SupportsChanges extends TableSnapshot {
    /// Returns the rules that new rows have to obey, and columns have.
    TableDefinition definition();

    /// Starts a transaction that reads this version. Throws UNSUPPORTED, naming the feature, for a
    /// table that must not be written by this program.
    TableTransaction begin();
}
