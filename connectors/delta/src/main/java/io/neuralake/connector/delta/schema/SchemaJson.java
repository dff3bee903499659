package io.neuralake.connector.delta.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads and writes schemas of the log without losing what other programs have put into them.
public final class SchemaJson {
    private static final JsonFactory JSON = new JsonFactory();

    private SchemaJson() {}

    /// Reads the columns of a table. Throws CORRUPT_FILE.
    public static LogType.Struct parse(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            if (type(value(parser)) instanceof LogType.Struct struct) {
                return struct;
            }
            throw new IOException("not a struct");
        } catch (IOException | RuntimeException e) {
            throw new NeuralakeException(
                    ErrorCode.CORRUPT_FILE,
                    "Schema in the Delta log cannot be parsed: " + e.getMessage(),
                    e);
        }
    }

    /// Reads any JSON: maps, lists, texts, numbers, truth values and null. Throws CORRUPT_FILE.
    public static @Nullable Object parseValue(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            parser.nextToken();
            return value(parser);
        } catch (IOException e) {
            throw new NeuralakeException(
                    ErrorCode.CORRUPT_FILE,
                    "JSON in the Delta log cannot be parsed: " + e.getMessage(),
                    e);
        }
    }

    /// Writes the columns of a table.
    public static String print(LogType.Struct struct) {
        return printed(json -> write(struct, json));
    }

    /// Writes any JSON, of what [#parseValue] returns.
    public static String printValue(@Nullable Object value) {
        return printed(json -> writeValue(value, json));
    }

    /// Something that writes JSON.
    private interface Writing {
        void to(JsonGenerator json) throws IOException;
    }

    private static String printed(Writing writing) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            writing.to(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                yield elements;
            }
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            case null, default -> throw new IOException("JSON ends too early");
        };
    }

    private static LogType type(@Nullable Object json) throws IOException {
        if (json instanceof String name) {
            return new LogType.Primitive(name);
        }
        Map<String, @Nullable Object> object = object(json);
        return switch (String.valueOf(object.get("type"))) {
            case "struct" -> {
                List<LogField> fields = new ArrayList<>();
                for (Object field : (List<?>) required(object, "fields")) {
                    fields.add(field(object(field)));
                }
                yield new LogType.Struct(fields);
            }
            case "array" ->
                    new LogType.Array(
                            type(object.get("elementType")), flag(object, "containsNull"));
            case "map" ->
                    new LogType.Mapping(
                            type(object.get("keyType")),
                            type(object.get("valueType")),
                            flag(object, "valueContainsNull"));
            default -> throw new IOException("unknown type " + object.get("type"));
        };
    }

    private static LogField field(Map<String, @Nullable Object> field) throws IOException {
        Object metadata = field.get("metadata");
        return new LogField(
                (String) required(field, "name"),
                type(field.get("type")),
                flag(field, "nullable"),
                metadata == null ? Map.of() : object(metadata));
    }

    private static boolean flag(Map<String, @Nullable Object> object, String key) {
        return !Boolean.FALSE.equals(object.get(key));
    }

    private static Object required(Map<String, @Nullable Object> object, String key)
            throws IOException {
        Object value = object.get(key);
        if (value == null) {
            throw new IOException("no " + key);
        }
        return value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> object(@Nullable Object json) throws IOException {
        if (json instanceof Map<?, ?> map) {
            return (Map<String, @Nullable Object>) map;
        }
        throw new IOException("not an object: " + json);
    }

    private static void write(LogType type, JsonGenerator json) throws IOException {
        switch (type) {
            case LogType.Primitive primitive -> json.writeString(primitive.name());
            case LogType.Struct struct -> {
                json.writeStartObject();
                json.writeStringField("type", "struct");
                json.writeArrayFieldStart("fields");
                for (LogField field : struct.fields()) {
                    json.writeStartObject();
                    json.writeStringField("name", field.name());
                    json.writeFieldName("type");
                    write(field.type(), json);
                    json.writeBooleanField("nullable", field.nullable());
                    json.writeFieldName("metadata");
                    writeValue(field.metadata(), json);
                    json.writeEndObject();
                }
                json.writeEndArray();
                json.writeEndObject();
            }
            case LogType.Array array -> {
                json.writeStartObject();
                json.writeStringField("type", "array");
                json.writeFieldName("elementType");
                write(array.element(), json);
                json.writeBooleanField("containsNull", array.containsNull());
                json.writeEndObject();
            }
            case LogType.Mapping map -> {
                json.writeStartObject();
                json.writeStringField("type", "map");
                json.writeFieldName("keyType");
                write(map.key(), json);
                json.writeFieldName("valueType");
                write(map.value(), json);
                json.writeBooleanField("valueContainsNull", map.valueContainsNull());
                json.writeEndObject();
            }
        }
    }

    private static void writeValue(@Nullable Object value, JsonGenerator json) throws IOException {
        switch (value) {
            case null -> json.writeNull();
            case String text -> json.writeString(text);
            case Boolean flag -> json.writeBoolean(flag);
            case Long number -> json.writeNumber(number);
            case Integer number -> json.writeNumber(number);
            case Double number -> json.writeNumber(number);
            case List<?> list -> {
                json.writeStartArray();
                for (Object element : list) {
                    writeValue(element, json);
                }
                json.writeEndArray();
            }
            case Map<?, ?> map -> {
                json.writeStartObject();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    json.writeFieldName(String.valueOf(entry.getKey()));
                    writeValue(entry.getValue(), json);
                }
                json.writeEndObject();
            }
            default -> throw new IllegalArgumentException("Not JSON: " + value.getClass());
        }
    }
}
