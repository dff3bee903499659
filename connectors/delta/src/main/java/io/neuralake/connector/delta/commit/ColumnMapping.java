package io.neuralake.connector.delta.commit;

import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogType;
import io.neuralake.connector.delta.schema.LogTypes;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/// Gives columns and members of structs the names and identifiers by which files have them (PROTOCOL.md,
/// "Column Mapping").
final class ColumnMapping {
    static final String MODE = "delta.columnMapping.mode";
    static final String MAX_ID = "delta.columnMapping.maxColumnId";

    private final Function<LogField, String> physicalName;
    private long maxId;

    private ColumnMapping(long maxId, Function<LogField, String> physicalName) {
        this.maxId = maxId;
        this.physicalName = physicalName;
    }

    static boolean isOn(Map<String, String> properties) {
        return !properties.getOrDefault(MODE, "none").equalsIgnoreCase("none");
    }

    /// Gives names that no file has had to the fields that have none, and counts on in the properties.
    static LogType.Struct assign(LogType.Struct schema, Map<String, String> properties) {
        return assign(schema, properties, _ -> "col-" + UUID.randomUUID());
    }

    /// Gives the fields of a table whose files have their logical names just these.
    static LogType.Struct assignLogical(LogType.Struct schema, Map<String, String> properties) {
        return assign(schema, properties, LogField::name);
    }

    private static LogType.Struct assign(
            LogType.Struct schema,
            Map<String, String> properties,
            Function<LogField, String> physicalName) {
        long max = Long.parseLong(properties.getOrDefault(MAX_ID, "0"));
        ColumnMapping mapping = new ColumnMapping(Math.max(max, maxId(schema)), physicalName);
        LogType.Struct assigned = mapping.assign(schema);
        properties.put(MAX_ID, Long.toString(mapping.maxId));
        return assigned;
    }

    static long maxId(LogType.Struct schema) {
        long[] max = new long[1];
        boolean unused =
                LogTypes.any(
                        schema,
                        field -> {
                            if (field.metadata().get(LogField.ID) instanceof Number id) {
                                max[0] = Math.max(max[0], id.longValue());
                            }
                            return false;
                        });
        return max[0];
    }

    private LogType.Struct assign(LogType.Struct struct) {
        List<LogField> fields = new ArrayList<>();
        for (LogField field : struct.fields()) {
            LogField named = field;
            if (!named.metadata().containsKey(LogField.ID)) {
                named = named.with(LogField.ID, ++maxId);
            }
            if (!named.metadata().containsKey(LogField.PHYSICAL_NAME)) {
                named = named.with(LogField.PHYSICAL_NAME, physicalName.apply(field));
            }
            fields.add(named.withType(assign(field.type())));
        }
        return new LogType.Struct(fields);
    }

    private LogType assign(LogType type) {
        return switch (type) {
            case LogType.Primitive primitive -> primitive;
            case LogType.Struct struct -> assign(struct);
            case LogType.Array array ->
                    new LogType.Array(assign(array.element()), array.containsNull());
            case LogType.Mapping map ->
                    new LogType.Mapping(
                            assign(map.key()), assign(map.value()), map.valueContainsNull());
        };
    }
}
