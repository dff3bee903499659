package io.neuralake.storage;

import java.nio.file.Path;

/// Tells paths of this machine from those of object stores, which begin with a scheme: `s3://bucket/key`.
public final class StoragePath {
    private StoragePath() {}

    /// Tells whether a path begins with the scheme of an object store.
    public static boolean isRemote(String path) {
        return path.indexOf("://") > 0;
    }

    /// Returns the scheme in front of `://`; `file` for a path of this machine.
    public static String scheme(String path) {
        int end = path.indexOf("://");
        return end > 0 ? path.substring(0, end) : "file";
    }

    /// Returns a folder's path in the one form that names it: without slash at the end, and absolute if it
    /// is one of this machine.
    public static String folder(String path) {
        if (!isRemote(path)) {
            return Path.of(path).toAbsolutePath().normalize().toString();
        }
        int end = path.length();
        while (path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }
}
