package io.neuralake.connector.delta.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.util.List;

/// What the log says of one column of one file (PROTOCOL.md, "Per-file Statistics").
///
/// @param rows number of rows, deleted ones included; -1 when unknown
/// @param tight whether bounds and counts hold for just the rows that are not deleted
/// @param minimum text of the stored lower bound; null when unknown
/// @param maximum text of the upper bound; null when unknown
/// @param nulls number of nulls; -1 when unknown
public record FileStatistics(
        long rows, boolean tight, @Nullable String minimum, @Nullable String maximum, long nulls) {
    /// Nothing is known.
    public static final FileStatistics UNKNOWN = new FileStatistics(-1, false, null, null, -1);

    private static final JsonFactory JSON = new JsonFactory();

    /// Reads what a file's statistics say of a column. What cannot be parsed is unknown, since
    /// statistics are optional.
    ///
    /// @param json the text of an add action
    /// @param path physical names from the column down
    public static FileStatistics of(@Nullable String json, List<String> path) {
        if (json == null || json.isEmpty()) {
            return UNKNOWN;
        }
        try (JsonParser parser = JSON.createParser(json)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? read(parser, path) : UNKNOWN;
        } catch (IOException | RuntimeException e) {
            return UNKNOWN;
        }
    }

    /// Returns the number of rows, deleted ones included; -1 when unknown.
    static long rows(@Nullable String json) {
        return of(json, List.of()).rows;
    }

    private static FileStatistics read(JsonParser parser, List<String> path) throws IOException {
        long rows = -1;
        boolean tight = true;
        String minimum = null;
        String maximum = null;
        String nulls = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "numRecords" -> rows = parser.getLongValue();
                case "tightBounds" -> tight = parser.getBooleanValue();
                case "minValues" -> minimum = text(parser, path, 0);
                case "maxValues" -> maximum = text(parser, path, 0);
                case "nullCount" -> nulls = text(parser, path, 0);
                default -> parser.skipChildren();
            }
        }
        return new FileStatistics(
                rows, tight, minimum, maximum, nulls == null ? -1 : Long.parseLong(nulls));
    }

    /// Passes over an object and returns the text of the leaf at the path, or null.
    private static @Nullable String text(JsonParser parser, List<String> path, int depth)
            throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT || depth == path.size()) {
            boolean leaf =
                    depth == path.size() && depth > 0 && parser.currentToken().isScalarValue();
            String text =
                    leaf && parser.currentToken() != JsonToken.VALUE_NULL ? parser.getText() : null;
            parser.skipChildren();
            return text;
        }
        String found = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean wanted = parser.currentName().equals(path.get(depth));
            parser.nextToken();
            if (wanted) {
                found = text(parser, path, depth + 1);
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }
}
