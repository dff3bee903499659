package io.neuralake.connector.delta.engine;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.ByteType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.FloatType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.ShortType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.StructType;
import io.delta.kernel.types.TimestampNTZType;
import io.delta.kernel.types.TimestampType;
import io.neuralake.connector.delta.engine.ValueVector.MapEntries;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// Reads JSON values as the values of [ValueVector], by the kernel's rules for each type. Members that
/// a schema does not name are passed over. For one thread.
final class JsonValues {
    private final Map<StructType, Map<String, Integer>> positions = new IdentityHashMap<>();

    /// Reads the value that begins with the parser's current token; afterwards that is its last one.
    @Nullable Object read(JsonParser parser, DataType type) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        return switch (type) {
            case StructType struct -> struct(parser, struct);
            case ArrayType array -> array(parser, array);
            case MapType map -> map(parser, map);
            case StringType _ ->
                    token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY
                            ? text(parser)
                            : parser.getText();
            case BooleanType _ -> parser.getBooleanValue();
            case ByteType _ -> parser.getByteValue();
            case ShortType _ -> parser.getShortValue();
            case IntegerType _ -> parser.getIntValue();
            case LongType _ -> parser.getLongValue();
            case FloatType _ -> (float) floating(parser);
            case DoubleType _ -> floating(parser);
            case DecimalType decimal -> parser.getDecimalValue().setScale(decimal.getScale());
            case DateType _ -> Math.toIntExact(LocalDate.parse(parser.getText()).toEpochDay());
            case TimestampType _ -> micros(OffsetDateTime.parse(parser.getText()).toInstant());
            case TimestampNTZType _ ->
                    micros(LocalDateTime.parse(parser.getText()).toInstant(ZoneOffset.UTC));
            default -> throw new IOException("JSON of this type cannot be read: " + type);
        };
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private static double floating(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            return parser.getDoubleValue();
        }
        return switch (parser.getText()) {
            case "NaN" -> Double.NaN;
            case "+INF", "Infinity", "+Infinity" -> Double.POSITIVE_INFINITY;
            case "-INF", "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw new IOException("Not a number: " + parser.getText());
        };
    }

    @Nullable Object[] struct(JsonParser parser, StructType type) throws IOException {
        expect(parser, JsonToken.START_OBJECT);
        Map<String, Integer> known = positions(type);
        @Nullable Object[] members = new @Nullable Object[type.length()];
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            Integer at = known.get(parser.currentName());
            parser.nextToken();
            if (at == null) {
                parser.skipChildren();
            } else {
                members[at] = read(parser, type.at(at).getDataType());
            }
        }
        return members;
    }

    private Map<String, Integer> positions(StructType type) {
        return positions.computeIfAbsent(
                type,
                struct -> {
                    Map<String, Integer> names = new HashMap<>();
                    for (int i = 0; i < struct.length(); i++) {
                        names.put(struct.at(i).getName(), i);
                    }
                    return names;
                });
    }

    private @Nullable Object[] array(JsonParser parser, ArrayType type) throws IOException {
        expect(parser, JsonToken.START_ARRAY);
        List<@Nullable Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(read(parser, type.getElementType()));
        }
        return elements.toArray();
    }

    private MapEntries map(JsonParser parser, MapType type) throws IOException {
        expect(parser, JsonToken.START_OBJECT);
        List<@Nullable Object> keys = new ArrayList<>();
        List<@Nullable Object> values = new ArrayList<>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            keys.add(parser.currentName());
            parser.nextToken();
            values.add(read(parser, type.getValueType()));
        }
        return new MapEntries(keys.toArray(), values.toArray());
    }

    /// Returns an object or array as the text that it is.
    private static String text(JsonParser parser) throws IOException {
        StringWriter text = new StringWriter();
        try (var generator = LogJson.FACTORY.createGenerator(text)) {
            generator.copyCurrentStructure(parser);
        }
        return text.toString();
    }

    private static void expect(JsonParser parser, JsonToken token) throws IOException {
        if (parser.currentToken() != token) {
            throw new IOException(
                    "Expected "
                            + token
                            + " but found "
                            + parser.currentToken()
                            + " at column "
                            + parser.currentTokenLocation().getColumnNr());
        }
    }
}
