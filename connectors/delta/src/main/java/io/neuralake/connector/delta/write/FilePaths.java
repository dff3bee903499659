package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.log.TableMetadata;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Names new data files. Files of a partitioned table lie in Hive's folders, `key=value`, which nobody needs but
/// people who look. With column mapping columns have other names in a while, and physical ones say nothing: then,
/// and without partitions, all files lie in the table's folder itself. A table that asks for it gets random
/// folders instead, which spread requests over a store's partitions.
final class FilePaths {
    private static final String RANDOM = "delta.randomizeFilePrefixes";
    private static final String LENGTH = "delta.randomPrefixLength";
    private static final int DEFAULT_LENGTH = 2;
    private static final String NULL = "__HIVE_DEFAULT_PARTITION__";
    private static final String LETTERS =
            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// What paths of URIs may hold beside letters and digits (RFC 3986, section 3.3).
    private static final String UNESCAPED = "-._~!$&'()*+,;=:@/";

    private final boolean random;
    private final int length;
    private final boolean mapped;

    FilePaths(TableMetadata metadata) {
        random = Boolean.parseBoolean(metadata.properties().get(RANDOM));
        length = length(metadata.properties().get(LENGTH));
        mapped =
                !metadata.properties()
                        .getOrDefault("delta.columnMapping.mode", "none")
                        .equalsIgnoreCase("none");
    }

    private static int length(@Nullable String text) {
        try {
            return text == null ? DEFAULT_LENGTH : Math.clamp(Integer.parseInt(text), 1, 32);
        } catch (NumberFormatException unreadable) {
            return DEFAULT_LENGTH;
        }
    }

    /// Returns the path of a new file below the table's folder.
    ///
    /// @param kind folder for files of a kind with `/` behind, or the empty text
    /// @param prefix beginning of the name
    /// @param number counts the files of a writer
    /// @param columns names of the partition columns
    /// @param values texts of their values
    String next(
            String kind,
            String prefix,
            int number,
            List<String> columns,
            List<@Nullable String> values) {
        StringBuilder path = new StringBuilder(kind);
        if (random) {
            for (int i = 0; i < length; i++) {
                path.append(LETTERS.charAt(ThreadLocalRandom.current().nextInt(LETTERS.length())));
            }
            path.append('/');
        } else if (!mapped) {
            for (int i = 0; i < columns.size(); i++) {
                String value = values.get(i);
                path.append(escape(columns.get(i)))
                        .append('=')
                        .append(value == null ? NULL : escape(value))
                        .append('/');
            }
        }
        return path.append("%s-%05d-%s.zstd.parquet".formatted(prefix, number, UUID.randomUUID()))
                .toString();
    }

    /// Escapes what Hive escapes in names of folders.
    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == 0x7F || "\"#%'*/:=?\\{[]^".indexOf(c) >= 0) {
                escaped.append("%%%02X".formatted((int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    /// Returns a path as the log has it, percent-encoded byte by byte: [java.net.URI] would also compose characters, and
    /// then name another file.
    static String encode(String path) {
        StringBuilder encoded = new StringBuilder(path.length());
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xFF);
            if (c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || UNESCAPED.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append("%%%02X".formatted((int) c));
            }
        }
        return encoded.toString();
    }
}
