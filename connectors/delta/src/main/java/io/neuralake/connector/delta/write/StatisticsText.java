package io.neuralake.connector.delta.write;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.StringWriter;

/// Changes statistics in the form that the log has them.
final class StatisticsText {
    private static final JsonFactory JSON = new JsonFactory();

    private StatisticsText() {}

    /// Returns statistics that hold for the stored rows, of which some are deleted. What cannot be parsed is
    /// left out.
    ///
    /// @param rows number of stored rows
    static String loosen(@Nullable String statistics, long rows) {
        String kept = statistics == null || statistics.isBlank() ? null : copy(statistics, rows);
        return kept == null ? "{\"numRecords\":" + rows + ",\"tightBounds\":false}" : kept;
    }

    private static @Nullable String copy(String statistics, long rows) {
        StringWriter text = new StringWriter();
        try (JsonParser from = JSON.createParser(statistics);
                JsonGenerator to = JSON.createGenerator(text)) {
            if (from.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            to.writeStartObject();
            to.writeNumberField("numRecords", rows);
            while (from.nextToken() == JsonToken.FIELD_NAME) {
                String name = from.currentName();
                from.nextToken();
                if (name.equals("numRecords") || name.equals("tightBounds")) {
                    from.skipChildren();
                } else {
                    to.writeFieldName(name);
                    to.copyCurrentStructureExact(from);
                }
            }
            to.writeBooleanField("tightBounds", false);
            to.writeEndObject();
        } catch (IOException damaged) {
            return null;
        }
        return text.toString();
    }
}
