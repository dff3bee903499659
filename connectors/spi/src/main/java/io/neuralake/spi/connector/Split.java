package io.neuralake.spi.connector;

/// A part of a table that one worker reads at a time: a row group, a range of pages, a piece of a
/// file. Connectors define their own.
public interface Split {
    /// Returns the estimated rows before filters.
    long rowCount();

    /// Returns the estimated bytes to read.
    long bytes();
}
