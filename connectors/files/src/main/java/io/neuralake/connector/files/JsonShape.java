package io.neuralake.connector.files;

import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Collects what a JSON value looked like over many rows, and settles on a type. Values of different
/// kinds in one place make it VARCHAR, in their JSON form.
final class JsonShape {
    private enum Kind {
        BOOLEAN,
        INTEGER,
        NUMBER,
        TEXT,
        OBJECT,
        ARRAY
    }

    private final Set<Kind> kinds = EnumSet.noneOf(Kind.class);
    private final TypeGuess texts = new TypeGuess();
    private final Map<String, JsonShape> members = new LinkedHashMap<>();
    private @Nullable JsonShape element;

    /// Takes a value into account, in the form of JsonFormat.tree.
    void add(@Nullable Object value) {
        switch (value) {
            case null -> {}
            case Boolean _ -> kinds.add(Kind.BOOLEAN);
            case Long _ -> kinds.add(Kind.INTEGER);
            case Double _ -> kinds.add(Kind.NUMBER);
            case String text -> {
                kinds.add(Kind.TEXT);
                texts.add(text.isEmpty() ? " " : text);
            }
            case Map<?, ?> map -> {
                kinds.add(Kind.OBJECT);
                map.forEach(
                        (name, member) ->
                                members.computeIfAbsent(String.valueOf(name), _ -> new JsonShape())
                                        .add(member));
            }
            case List<?> list -> {
                kinds.add(Kind.ARRAY);
                JsonShape shape = element == null ? new JsonShape() : element;
                element = shape;
                list.forEach(shape::add);
            }
            default -> throw new IllegalStateException("Not a JSON value: " + value);
        }
    }

    /// Returns the type that holds all values seen.
    Type type() {
        if (kinds.equals(EnumSet.of(Kind.INTEGER, Kind.NUMBER))) {
            return ScalarType.DOUBLE;
        }
        if (kinds.size() != 1) {
            return ScalarType.VARCHAR;
        }
        return switch (kinds.iterator().next()) {
            case BOOLEAN -> ScalarType.BOOLEAN;
            case INTEGER -> ScalarType.BIGINT;
            case NUMBER -> ScalarType.DOUBLE;
            case TEXT ->
                    switch (texts.type()) {
                        case DATE -> ScalarType.DATE;
                        case TIMESTAMP -> ScalarType.TIMESTAMP;
                        case TIMESTAMP_TZ -> ScalarType.TIMESTAMP_TZ;
                        default -> ScalarType.VARCHAR;
                    };
            case ARRAY -> new ListType(element == null ? ScalarType.VARCHAR : element.type());
            case OBJECT -> {
                List<Field> fields = new ArrayList<>();
                members.forEach((name, shape) -> fields.add(Field.of(name, shape.type())));
                yield new StructType(fields);
            }
        };
    }

    /// Returns the JSON text of a value.
    static String text(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case String s -> '"' + s.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
            case List<?> list ->
                    "[" + String.join(",", list.stream().map(JsonShape::text).toList()) + "]";
            case Map<?, ?> map -> {
                List<String> parts = new ArrayList<>();
                map.forEach((k, v) -> parts.add(text(String.valueOf(k)) + ":" + text(v)));
                yield "{" + String.join(",", parts) + "}";
            }
            default -> value.toString();
        };
    }
}
