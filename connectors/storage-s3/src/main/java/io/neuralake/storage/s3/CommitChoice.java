package io.neuralake.storage.s3;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// How commits are made, table by table: the longest folder that a table lies in decides.
///
/// @param fallback for tables in none of the folders
/// @param folders without scheme, such as `bucket/lake/orders`
public record CommitChoice(CommitMode fallback, Map<String, CommitMode> folders) {
    /// All by the store itself.
    public static final CommitChoice DEFAULT = new CommitChoice(CommitMode.CONDITIONAL, Map.of());

    /// Copies the map.
    public CommitChoice {
        folders = Map.copyOf(folders);
    }

    /// Parses a list such as `conditional,s3://bucket/lake/orders=dynamodb`. Throws
    /// IllegalArgumentException with what was expected.
    public static CommitChoice parse(String text) {
        CommitMode fallback = CommitMode.CONDITIONAL;
        Map<String, CommitMode> folders = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            int equals = part.lastIndexOf('=');
            CommitMode mode = mode(part.substring(equals + 1).strip(), text);
            if (equals < 0) {
                fallback = mode;
            } else {
                S3Path folder = S3Path.of(part.substring(0, equals).strip());
                folders.put(withoutScheme(folder), mode);
            }
        }
        return new CommitChoice(fallback, folders);
    }

    private static CommitMode mode(String name, String text) {
        for (CommitMode mode : CommitMode.values()) {
            if (mode.name().equalsIgnoreCase(name)) {
                return mode;
            }
        }
        throw new IllegalArgumentException(
                "'"
                        + text
                        + "' does not say how commits are made; write "
                        + CommitMode.CONDITIONAL.name().toLowerCase(Locale.ROOT)
                        + " or "
                        + CommitMode.DYNAMODB.name().toLowerCase(Locale.ROOT)
                        + ", for some tables s3://bucket/folder=dynamodb, with commas between");
    }

    /// Tells whether any table is in DynamoDB.
    boolean usesDynamo() {
        return fallback == CommitMode.DYNAMODB || folders.containsValue(CommitMode.DYNAMODB);
    }

    /// Returns how the commits of a table are made.
    CommitMode of(S3Path table) {
        String place = withoutScheme(table);
        CommitMode mode = fallback;
        int longest = -1;
        for (Map.Entry<String, CommitMode> entry : folders.entrySet()) {
            String folder = entry.getKey();
            if (folder.length() > longest
                    && (place.equals(folder) || place.startsWith(folder + "/"))) {
                longest = folder.length();
                mode = entry.getValue();
            }
        }
        return mode;
    }

    private static String withoutScheme(S3Path path) {
        return path.key().isEmpty() ? path.bucket() : path.bucket() + "/" + path.key();
    }
}
