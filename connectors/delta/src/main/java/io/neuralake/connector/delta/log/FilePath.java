package io.neuralake.connector.delta.log;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/// Paths of files in the log: relative to the table's folder or absolute, percent-encoded as in RFC
/// 2396.
public final class FilePath {
    private FilePath() {}

    /// Returns the path by which the store knows a file.
    public static String resolve(String folder, String logged) {
        if (logged.startsWith("file:")) {
            return URI.create(logged).getPath();
        }
        String decoded = decode(logged);
        return decoded.startsWith("/") || decoded.contains("://")
                ? decoded
                : folder + "/" + decoded;
    }

    /// Decodes a path of the log.
    public static String decode(String encoded) {
        return encoded.indexOf('%') < 0
                ? encoded
                : URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
    }
}
