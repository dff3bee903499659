package io.neuralake.connector.delta.engine;

import io.delta.kernel.types.FieldMetadata;
import io.neuralake.connector.delta.schema.LogField;
import io.neuralake.connector.delta.schema.LogType;
import io.neuralake.connector.delta.schema.SchemaJson;

import java.util.List;

/// Shows the kernel columns of type `void`, which it does not know, as texts, and recognizes them again.
final class VoidColumns {
    private static final String VOID = "void";
    private static final String MARK = "neuralake.void";

    private VoidColumns() {}

    /// Returns a schema that the kernel can read.
    static String known(String json) {
        return json.contains('"' + VOID + '"')
                ? SchemaJson.print(known(SchemaJson.parse(json)))
                : json;
    }

    private static LogType.Struct known(LogType.Struct struct) {
        List<LogField> fields = struct.fields().stream().map(VoidColumns::known).toList();
        return new LogType.Struct(fields);
    }

    private static LogField known(LogField field) {
        return field.type().equals(new LogType.Primitive(VOID))
                ? field.withType(new LogType.Primitive("string")).with(MARK, true)
                : field.withType(known(field.type()));
    }

    private static LogType known(LogType type) {
        return switch (type) {
            case LogType.Primitive primitive -> primitive;
            case LogType.Struct struct -> known(struct);
            case LogType.Array array ->
                    new LogType.Array(known(array.element()), array.containsNull());
            case LogType.Mapping map ->
                    new LogType.Mapping(
                            known(map.key()), known(map.value()), map.valueContainsNull());
        };
    }

    /// Tells whether a field of the kernel's is such a column.
    static boolean is(FieldMetadata field) {
        return field.contains(MARK);
    }
}
