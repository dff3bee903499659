package io.neuralake.spi.catalog;

/// Names an older version of a table.
public sealed interface TableVersion {
    /// Names it by its number.
    ///
    /// @param number as the table counts them
    record Number(long number) implements TableVersion {}

    /// Names the version that was the newest at a time.
    ///
    /// @param micros microseconds since 1970-01-01T00:00:00 UTC
    record Time(long micros) implements TableVersion {}
}
