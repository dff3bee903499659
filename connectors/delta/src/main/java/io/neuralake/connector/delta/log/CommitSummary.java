package io.neuralake.connector.delta.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// What a commit says of itself.
///
/// @param version the version that it made
/// @param millis its time, since 1970-01-01 UTC
/// @param info the members of its `commitInfo`, texts as they are, other values as JSON; empty when it
///     has none
public record CommitSummary(long version, long millis, Map<String, String> info) {
    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern COMMIT = Pattern.compile("\\d{20}\\.json");

    /// Copies the map.
    public CommitSummary {
        info = Map.copyOf(info);
    }

    /// Reads all commits that a log still has up to a version, the newest first. Throws CORRUPT_FILE or
    /// STORAGE_ERROR.
    ///
    /// @param folder the table's `_delta_log`
    static List<CommitSummary> all(ObjectStore store, String folder, TableState state) {
        List<CommitSummary> commits = new ArrayList<>();
        for (StoredEntry entry : store.children(folder)) {
            if (COMMIT.matcher(entry.name()).matches()) {
                long version = Long.parseLong(entry.name().substring(0, 20));
                if (version <= state.version()) {
                    commits.addFirst(read(store, entry, version, state.metadata()));
                }
            }
        }
        return commits;
    }

    private static CommitSummary read(
            ObjectStore store, StoredEntry entry, long version, TableMetadata metadata) {
        Map<String, String> info = new HashMap<>();
        try (JsonParser parser = JSON.createParser(store.read(entry.path()))) {
            while (info.isEmpty() && parser.nextToken() != null) {
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    boolean wanted = parser.currentName().equals("commitInfo");
                    parser.nextToken();
                    if (wanted) {
                        readInfo(parser, info);
                    } else {
                        parser.skipChildren();
                    }
                }
            }
        } catch (IOException e) {
            throw new NeuralakeException(
                    ErrorCode.CORRUPT_FILE,
                    "Delta log file cannot be parsed: " + entry.path() + ": " + e.getMessage(),
                    e);
        }
        String own = metadata.inCommitTimestamps() ? info.get("inCommitTimestamp") : null;
        return new CommitSummary(
                version, own == null ? entry.modifiedMillis() : Long.parseLong(own), info);
    }

    private static void readInfo(JsonParser parser, Map<String, String> info) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            String value = value(parser);
            if (value != null) {
                info.put(name, value);
            }
        }
    }

    private static @Nullable String value(JsonParser parser) throws IOException {
        return switch (parser.nextToken()) {
            case VALUE_NULL -> null;
            case START_OBJECT, START_ARRAY -> {
                StringWriter text = new StringWriter();
                try (JsonGenerator generator = JSON.createGenerator(text)) {
                    generator.copyCurrentStructure(parser);
                }
                yield text.toString();
            }
            default -> parser.getText();
        };
    }
}
