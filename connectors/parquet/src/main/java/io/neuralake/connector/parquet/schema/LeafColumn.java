package io.neuralake.connector.parquet.schema;

import io.neuralake.spi.type.Type;

import java.util.List;

/// A column that is stored: a leaf of the file's schema.
///
/// @param index position among the leaves, which is that of its chunk in each row group
/// @param path names from the root down
/// @param physical how values are stored
/// @param typeLength bytes of a FIXED_LEN_BYTE_ARRAY value, else 0
/// @param maxDefinition definition level of a value that is not null
/// @param maxRepetition number of lists above
/// @param conversion how a stored value becomes one of `type`
/// @param type the values' SQL type
public record LeafColumn(
        int index,
        List<String> path,
        org.apache.parquet.format.Type physical,
        int typeLength,
        int maxDefinition,
        int maxRepetition,
        Conversion conversion,
        Type type) {
    /// Copies the path.
    public LeafColumn {
        path = List.copyOf(path);
    }

    /// Returns the bytes of one stored value: 1 for booleans, 16 (a view) for BYTE_ARRAY.
    public int rawWidth() {
        return switch (physical) {
            case BOOLEAN -> 1;
            case INT32, FLOAT -> 4;
            case INT64, DOUBLE -> 8;
            case INT96 -> 12;
            case BYTE_ARRAY -> 16;
            case FIXED_LEN_BYTE_ARRAY -> typeLength;
        };
    }

    /// Returns the path for messages.
    public String name() {
        return String.join(".", path);
    }
}
