package io.neuralake.connector.delta.schema;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/// Finds and changes columns and members of a schema. The parts of a list are called `element`, those of a map
/// `key` and `value`. Names are the same whatever their case.
///
/// @param names from the column down
public record SchemaPath(List<String> names) {
    /// Copies the list.
    public SchemaPath {
        names = List.copyOf(names);
    }

    /// Returns the field. Throws COLUMN_NOT_FOUND.
    public LogField find(LogType.Struct root) {
        LogField[] found = new LogField[1];
        LogType.Struct unused =
                change(
                        root,
                        field -> {
                            found[0] = field;
                            return field;
                        });
        return found[0];
    }

    /// Returns the schema with another field in the place of this one. Throws COLUMN_NOT_FOUND.
    ///
    /// @param with returns the field, or null to drop it
    public LogType.Struct change(LogType.Struct root, Function<LogField, @Nullable LogField> with) {
        return struct(root, 0, with);
    }

    private LogType.Struct struct(
            LogType.Struct struct, int depth, Function<LogField, @Nullable LogField> with) {
        List<LogField> fields = new ArrayList<>();
        boolean found = false;
        for (LogField field : struct.fields()) {
            LogField changed = field;
            if (!found && field.name().equalsIgnoreCase(names.get(depth))) {
                found = true;
                changed = last(depth) ? with.apply(field) : below(field, depth, with);
            }
            if (changed != null) {
                fields.add(changed);
            }
        }
        if (!found) {
            throw absent();
        }
        return new LogType.Struct(fields);
    }

    private LogField below(LogField field, int depth, Function<LogField, @Nullable LogField> with) {
        return field.withType(type(field.type(), depth + 1, with));
    }

    private LogType type(LogType type, int depth, Function<LogField, @Nullable LogField> with) {
        String name = names.get(depth);
        return switch (type) {
            case LogType.Struct struct -> struct(struct, depth, with);
            case LogType.Array array when name.equalsIgnoreCase("element") ->
                    new LogType.Array(
                            part("element", array.element(), depth, with), array.containsNull());
            case LogType.Mapping map when name.equalsIgnoreCase("key") ->
                    new LogType.Mapping(
                            part("key", map.key(), depth, with),
                            map.value(),
                            map.valueContainsNull());
            case LogType.Mapping map when name.equalsIgnoreCase("value") ->
                    new LogType.Mapping(
                            map.key(),
                            part("value", map.value(), depth, with),
                            map.valueContainsNull());
            case LogType.Primitive _, LogType.Array _, LogType.Mapping _ -> throw absent();
        };
    }

    private LogType part(
            String name, LogType type, int depth, Function<LogField, @Nullable LogField> with) {
        if (!last(depth)) {
            return type(type, depth + 1, with);
        }
        LogField changed = with.apply(new LogField(name, type, true, Map.of()));
        if (changed == null || !changed.name().equals(name)) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED,
                    "Parts of lists and maps have their names for ever: " + text());
        }
        return changed.type();
    }

    private boolean last(int depth) {
        return depth == names.size() - 1;
    }

    /// Returns the names with dots between them.
    public String text() {
        return String.join(".", names);
    }

    private NeuralakeException absent() {
        return new NeuralakeException(ErrorCode.COLUMN_NOT_FOUND, "Column not found: " + text());
    }
}
