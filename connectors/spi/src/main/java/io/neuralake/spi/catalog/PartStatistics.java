package io.neuralake.spi.catalog;

import java.util.Map;

/// What ANALYZE found in a part of a table.
///
/// @param part one of [SupportsAnalyze#parts]
/// @param rowCount its number of rows
/// @param columns what was found of columns, by name
public record PartStatistics(
        TableSnapshot part, long rowCount, Map<String, ColumnStatistics> columns) {
    /// Copies the map.
    public PartStatistics {
        columns = Map.copyOf(columns);
    }
}
