package io.neuralake.storage.s3;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

/// A path such as `s3://bucket/folder/file`. Keys are taken as they are, without any encoding.
///
/// @param scheme `s3` or `s3a`, which is the same by another name
/// @param key without slash in front or at the end; empty for the bucket itself
record S3Path(String scheme, String bucket, String key) {
    /// Parses a path. Throws INVALID_PARAMETER when it names no bucket.
    static S3Path of(String path) {
        int start = path.indexOf("://");
        String rest = start < 0 ? "" : path.substring(start + 3);
        int slash = rest.indexOf('/');
        String bucket = slash < 0 ? rest : rest.substring(0, slash);
        if (bucket.isEmpty()) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Not a path of an object store: " + path + "; write s3://bucket/path");
        }
        String key = slash < 0 ? "" : rest.substring(slash + 1);
        while (key.endsWith("/")) {
            key = key.substring(0, key.length() - 1);
        }
        return new S3Path(path.substring(0, start), bucket, key);
    }

    /// Returns the path of another key of the bucket.
    String path(String otherKey) {
        return scheme + "://" + bucket + "/" + otherKey;
    }

    /// Returns what the keys of all that lies in this folder begin with.
    String prefix() {
        return key.isEmpty() ? "" : key + "/";
    }

    @Override
    public String toString() {
        return key.isEmpty() ? scheme + "://" + bucket : path(key);
    }
}
