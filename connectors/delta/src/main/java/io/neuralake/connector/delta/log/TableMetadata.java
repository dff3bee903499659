package io.neuralake.connector.delta.log;

import io.neuralake.connector.delta.schema.RowColumns;
import io.neuralake.connector.delta.schema.TableSchema;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// What a table is.
///
/// @param id unique identifier
/// @param name what the log calls it; null when it does not
/// @param description comment, or the empty text
/// @param schemaString the columns as the log has them, JSON
/// @param partitionColumns logical names of those by whose values files are kept apart, in order
/// @param properties table properties
/// @param createdMillis since 1970-01-01 UTC; null when unknown
/// @param schema the columns
public record TableMetadata(
        String id,
        @Nullable String name,
        String description,
        String schemaString,
        List<String> partitionColumns,
        Map<String, String> properties,
        @Nullable Long createdMillis,
        TableSchema schema) {
    private static final String IN_COMMIT_TIMESTAMPS = "delta.enableInCommitTimestamps";

    /// Copies the collections.
    public TableMetadata {
        partitionColumns = List.copyOf(partitionColumns);
        properties = Map.copyOf(properties);
    }

    /// Tells whether commits say when they were made; else the time of their file does.
    public boolean inCommitTimestamps() {
        return enabled(IN_COMMIT_TIMESTAMPS);
    }

    /// Returns the columns that identify rows in files; null if the table does not keep that.
    public @Nullable RowColumns rowColumns() {
        return RowColumns.of(properties);
    }

    /// Tells whether a property is `true`.
    public boolean enabled(String property) {
        return Boolean.parseBoolean(properties.get(property));
    }

    /// Returns the same with other properties.
    public TableMetadata withProperties(Map<String, String> others) {
        return new TableMetadata(
                id,
                name,
                description,
                schemaString,
                partitionColumns,
                others,
                createdMillis,
                schema);
    }

    /// Returns the same with another description.
    public TableMetadata withDescription(String other) {
        return new TableMetadata(
                id, name, other, schemaString, partitionColumns, properties, createdMillis, schema);
    }

    /// Tells whether the log would have the same for both.
    public boolean sameAs(TableMetadata other) {
        return id.equals(other.id)
                && description.equals(other.description)
                && schemaString.equals(other.schemaString)
                && partitionColumns.equals(other.partitionColumns)
                && properties.equals(other.properties);
    }
}
