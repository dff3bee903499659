package io.neuralake.spi.change;

import io.neuralake.spi.type.Schema;

import java.util.List;
import java.util.Map;

/// What a table is made of, beside its rows.
///
/// @param columns in order
/// @param partitionColumns names of those columns by whose values files are kept apart
/// @param clusterColumns names of those columns by which OPTIMIZE clusters; not with partitions
/// @param checks conditions that no row may fail, each an SQL expression over the columns, by name
/// @param properties of the table's format
/// @param comment description, or the empty text
public record TableDefinition(
        List<ColumnDefinition> columns,
        List<String> partitionColumns,
        List<String> clusterColumns,
        Map<String, String> checks,
        Map<String, String> properties,
        String comment) {
    /// Copies the collections.
    public TableDefinition {
        columns = List.copyOf(columns);
        partitionColumns = List.copyOf(partitionColumns);
        clusterColumns = List.copyOf(clusterColumns);
        checks = Map.copyOf(checks);
        properties = Map.copyOf(properties);
    }

    /// Returns the columns' names and types.
    public Schema schema() {
        return new Schema(columns.stream().map(ColumnDefinition::field).toList());
    }
}
