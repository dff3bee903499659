package io.neuralake.spi.catalog;

/// A table that keeps its older versions.
public interface SupportsTimeTravel {
    /// Opens another version of the table. Throws INVALID_PARAMETER (22023) for a version that is not
    /// there, with the range of those which are.
    TableSnapshot at(TableVersion version);
}
