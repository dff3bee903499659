package io.neuralake.connector.files;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoragePath;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// JSON: objects one after the other, mostly one a line, or an array of them. Objects become structs,
/// arrays lists; a member that is missing is null, and one that the sample did not have is left out.
/// Texts stay texts but for dates and timestamps in ISO form.
final class JsonFormat implements TextFormat {
    private static final int SAMPLE_ROWS = 10_000;
    private static final JsonFactory FACTORY = new JsonFactory();

    private final ObjectStore store;

    JsonFormat(ObjectStore store) {
        this.store = store;
    }

    private JsonParser parser(StoredEntry file) throws IOException {
        return StoragePath.isRemote(file.path())
                ? FACTORY.createParser(store.open(file, 0, file.bytes()))
                : FACTORY.createParser(new File(file.path()));
    }

    @Override
    public Schema infer(StoredEntry file) {
        JsonShape shape = new JsonShape();
        try (JsonParser parser = parser(file)) {
            for (int row = 0; row < SAMPLE_ROWS && nextObject(parser, file); row++) {
                shape.add(tree(parser));
            }
        } catch (IOException e) {
            throw corrupt(file, e);
        }
        return new Schema(shape.type() instanceof StructType struct ? struct.fields() : List.of());
    }

    /// Moves to the start of the next object, at the top or in the one array there.
    private static boolean nextObject(JsonParser parser, StoredEntry file) throws IOException {
        while (true) {
            JsonToken token = parser.nextToken();
            if (token == null) {
                return false;
            }
            switch (token) {
                case START_OBJECT -> {
                    return true;
                }
                case START_ARRAY, END_ARRAY -> {}
                default ->
                        throw new NeuralakeException(
                                ErrorCode.CORRUPT_FILE,
                                "JSON file must hold objects: "
                                        + file.path()
                                        + ", line "
                                        + parser.currentLocation().getLineNr());
            }
        }
    }

    /// Reads the value at the parser as maps, lists, texts, longs, doubles and Booleans.
    static @Nullable Object tree(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, tree(parser));
                }
                yield members;
            }
            case START_ARRAY -> {
                List<@Nullable Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(tree(parser));
                }
                yield elements;
            }
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NUMBER_INT ->
                    parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                            ? (Object) parser.getDoubleValue()
                            : (Object) parser.getLongValue();
            case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
            case VALUE_STRING -> parser.getText();
            case VALUE_NULL -> null;
            default -> throw new IOException("Unexpected token " + parser.currentToken());
        };
    }

    private static NeuralakeException corrupt(StoredEntry file, IOException cause) {
        return new NeuralakeException(
                ErrorCode.CORRUPT_FILE,
                "Cannot read JSON file: " + file.path() + ": " + cause.getMessage(),
                cause);
    }

    @Override
    public RowReader open(StoredEntry file, Schema schema) {
        try {
            return new JsonRows(file, new StructType(schema.fields()), parser(file));
        } catch (IOException e) {
            throw corrupt(file, e);
        }
    }

    private record JsonRows(StoredEntry file, StructType type, JsonParser parser)
            implements RowReader {
        @Override
        public List<@Nullable Object> next() {
            try {
                if (!nextObject(parser, file)) {
                    return List.of();
                }
                long line = parser.currentLocation().getLineNr();
                Object tree = tree(parser);
                try {
                    return struct(type, (Map<?, ?>) tree);
                } catch (IllegalArgumentException | java.time.DateTimeException e) {
                    throw new NeuralakeException(
                            ErrorCode.INVALID_TEXT,
                            e.getMessage() + " in " + file.path() + ", line " + line,
                            e);
                }
            } catch (IOException e) {
                throw corrupt(file, e);
            }
        }

        private static List<@Nullable Object> struct(StructType type, @Nullable Map<?, ?> members) {
            List<@Nullable Object> values = new ArrayList<>(type.fields().size());
            for (Field field : type.fields()) {
                Object member = members == null ? null : members.get(field.name());
                values.add(member == null ? null : value(field.type(), member));
            }
            return values;
        }

        private static Object value(Type type, Object tree) {
            return switch (type) {
                case StructType struct when tree instanceof Map<?, ?> map -> struct(struct, map);
                case ListType list when tree instanceof List<?> elements -> {
                    List<@Nullable Object> values = new ArrayList<>();
                    for (Object element : elements) {
                        values.add(element == null ? null : value(list.element(), element));
                    }
                    yield values;
                }
                case ScalarType scalar -> scalar(scalar, tree);
                default ->
                        throw new IllegalArgumentException(
                                "Value is not of type " + type.sql() + ": " + tree);
            };
        }

        private static Object scalar(ScalarType type, Object tree) {
            if (type == ScalarType.VARCHAR) {
                return tree instanceof String text ? text : JsonShape.text(tree);
            }
            if (type == ScalarType.DOUBLE && tree instanceof Number number) {
                return number.doubleValue();
            }
            if (type == ScalarType.BIGINT && tree instanceof Long number) {
                return number;
            }
            if (type == ScalarType.BOOLEAN && tree instanceof Boolean bool) {
                return bool;
            }
            if (tree instanceof String text
                    && (type == ScalarType.DATE
                            || type == ScalarType.TIMESTAMP
                            || type == ScalarType.TIMESTAMP_TZ)) {
                return TextValues.parse(type, text);
            }
            throw new IllegalArgumentException("Value is not of type " + type.sql() + ": " + tree);
        }

        @Override
        public long bytesRead() {
            return parser.currentLocation().getByteOffset();
        }

        @Override
        public void close() {
            try {
                parser.close();
            } catch (IOException e) {
                throw corrupt(file, e);
            }
        }
    }
}
