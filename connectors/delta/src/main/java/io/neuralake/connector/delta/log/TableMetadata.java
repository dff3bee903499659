package io.neuralake.connector.delta.log;

import io.neuralake.connector.delta.schema.TableSchema;

import java.util.Map;

/// What a table is.
///
/// @param id unique identifier
/// @param description comment, or the empty text
/// @param properties table properties
public record TableMetadata(
        String id, String description, TableSchema schema, Map<String, String> properties) {
    private static final String IN_COMMIT_TIMESTAMPS = "delta.enableInCommitTimestamps";

    /// Copies the map.
    public TableMetadata {
        properties = Map.copyOf(properties);
    }

    /// Tells whether commits say when they were made; else the time of their file does.
    public boolean inCommitTimestamps() {
        return Boolean.parseBoolean(properties.get(IN_COMMIT_TIMESTAMPS));
    }
}
