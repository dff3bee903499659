package io.neuralake.connector.delta.maintenance;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// The file that spares readers the listing of older checkpoints (PROTOCOL.md, "Last Checkpoint File
/// Schema"). It may be absent, or behind.
///
/// @param actions number of actions in the checkpoint
/// @param bytes of all its files
/// @param files number of active files
record LastCheckpoint(long version, long actions, long bytes, long files) {
    private static final JsonFactory JSON = new JsonFactory();
    static final String NAME = "_last_checkpoint";

    /// Replaces the file, unless it is of a newer version.
    void write(ObjectStore store, String folder) {
        String path = folder + "/" + NAME;
        if (version(store, folder) <= version) {
            store.put(path, json().getBytes(StandardCharsets.UTF_8));
        }
    }

    /// Returns the version that the file names; -1 when it is absent or damaged.
    ///
    /// @param folder the table's `_delta_log`
    static long version(ObjectStore store, String folder) {
        String path = folder + "/" + NAME;
        if (store.entry(path).isEmpty()) {
            return -1;
        }
        try (JsonParser parser = JSON.createParser(store.read(path))) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return -1;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                boolean wanted = parser.currentName().equals("version");
                parser.nextToken();
                if (wanted) {
                    return parser.getLongValue();
                }
                parser.skipChildren();
            }
        } catch (IOException | NeuralakeException damaged) {
            return -1;
        }
        return -1;
    }

    private String json() {
        Map<String, Long> members = new TreeMap<>();
        members.put("version", version);
        members.put("size", actions);
        members.put("sizeInBytes", bytes);
        members.put("numOfAddFiles", files);
        StringBuilder json = new StringBuilder("{");
        StringBuilder canonical = new StringBuilder();
        members.forEach(
                (name, value) -> {
                    json.append('"').append(name).append("\":").append(value).append(',');
                    canonical
                            .append(canonical.isEmpty() ? "" : ",")
                            .append('"')
                            .append(name)
                            .append("\"=")
                            .append(value);
                });
        return json.append("\"checksum\":\"")
                .append(md5(canonical.toString()))
                .append("\"}")
                .toString();
    }

    private static String md5(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("MD5")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
