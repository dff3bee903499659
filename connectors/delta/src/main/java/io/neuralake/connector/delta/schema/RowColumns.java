package io.neuralake.connector.delta.schema;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/// The columns in which files have what identifies their rows, as far as that does not follow from the rows' positions
/// (PROTOCOL.md, "Row Tracking"). They are no columns of the table.
///
/// @param id name of the column of identifiers
/// @param version name of the column of versions in which rows were last changed
public record RowColumns(String id, String version) {
    private static final String ENABLED = "delta.enableRowTracking";
    private static final String ID = "delta.rowTracking.materializedRowIdColumnName";
    private static final String VERSION =
            "delta.rowTracking.materializedRowCommitVersionColumnName";

    /// Returns the columns of a table by its properties; null if it does not keep identifiers.
    public static @Nullable RowColumns of(Map<String, String> properties) {
        String id = properties.get(ID);
        String version = properties.get(VERSION);
        return Boolean.parseBoolean(properties.get(ENABLED)) && id != null && version != null
                ? new RowColumns(id, version)
                : null;
    }
}
