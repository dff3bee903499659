package io.neuralake.connector.delta.schema;

import org.jspecify.annotations.Nullable;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// A column, or a member of a struct, as the log's schema has it.
///
/// @param metadata what the log says of it by key, those of other programs too: texts, numbers, truth values, lists and maps
public record LogField(
        String name, LogType type, boolean nullable, Map<String, @Nullable Object> metadata) {
    /// Key of the description.
    public static final String COMMENT = "comment";

    /// Key of the SQL expression of what new rows have that do not say.
    public static final String DEFAULT = "CURRENT_DEFAULT";

    /// Key of the SQL expression that makes the column.
    public static final String GENERATED = "delta.generationExpression";

    /// Key that identity columns have.
    public static final String IDENTITY_STEP = "delta.identity.step";

    /// Key of a condition, an SQL expression in JSON.
    public static final String INVARIANT = "delta.invariants";

    /// Key of the former types.
    public static final String TYPE_CHANGES = "delta.typeChanges";

    /// Key of the name in files.
    public static final String PHYSICAL_NAME = "delta.columnMapping.physicalName";

    /// Key of the Parquet field identifier.
    public static final String ID = "delta.columnMapping.id";

    /// Copies the map.
    public LogField {
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /// Returns a text of the metadata, or null.
    public @Nullable String text(String key) {
        return metadata.get(key) instanceof String text ? text : null;
    }

    /// Returns the name in files, statistics and partition values.
    public String physicalName() {
        String physical = text(PHYSICAL_NAME);
        return physical == null ? name : physical;
    }

    /// Returns the same with another name.
    public LogField withName(String other) {
        return new LogField(other, type, nullable, metadata);
    }

    /// Returns the same with another type.
    public LogField withType(LogType other) {
        return new LogField(name, other, nullable, metadata);
    }

    /// Returns the same with another nullability.
    public LogField withNullable(boolean other) {
        return new LogField(name, type, other, metadata);
    }

    /// Returns the same with another value in its metadata; null removes it.
    public LogField with(String key, @Nullable Object value) {
        Map<String, @Nullable Object> changed = new LinkedHashMap<>(metadata);
        if (value == null) {
            changed.remove(key);
        } else {
            changed.put(key, value);
        }
        return new LogField(name, type, nullable, changed);
    }
}
