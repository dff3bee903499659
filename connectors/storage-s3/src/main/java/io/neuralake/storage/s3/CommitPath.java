package io.neuralake.storage.s3;

import org.jspecify.annotations.Nullable;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The path of a commit's file in a Delta log.
///
/// @param table the table's folder
/// @param version of the commit
record CommitPath(S3Path table, long version) {
    static final String LOG = "_delta_log";
    private static final Pattern COMMIT = Pattern.compile("(.*/)?_delta_log/(\\d{20})\\.json");

    /// Returns the parts of a commit's path; null for another path.
    static @Nullable CommitPath of(S3Path path) {
        Matcher matcher = COMMIT.matcher(path.key());
        if (!matcher.matches()) {
            return null;
        }
        return new CommitPath(parent(path, matcher.group(1)), Long.parseLong(matcher.group(2)));
    }

    /// Returns the table of a log's folder; null for another folder.
    static @Nullable S3Path tableOfLog(S3Path folder) {
        boolean log = folder.key().equals(LOG) || folder.key().endsWith("/" + LOG);
        return log
                ? parent(folder, folder.key().substring(0, folder.key().length() - LOG.length()))
                : null;
    }

    private static S3Path parent(S3Path path, @Nullable String prefix) {
        String key = prefix == null ? "" : prefix;
        return new S3Path(
                path.scheme(),
                path.bucket(),
                key.endsWith("/") ? key.substring(0, key.length() - 1) : key);
    }

    CommitPath previous() {
        return new CommitPath(table, version - 1);
    }

    String fileName() {
        return "%020d.json".formatted(version);
    }

    /// Returns the path of something in the log.
    String inLog(String relative) {
        return table.path(table.prefix() + LOG + "/" + relative);
    }

    String file() {
        return inLog(fileName());
    }
}
