package io.neuralake.storage;

/// A file or folder of an [ObjectStore].
///
/// @param path the full path, by which the store finds it again
/// @param bytes size of a file; 0 for a folder
/// @param modifiedMillis time of the last change, since 1970-01-01 UTC; 0 when unknown
public record StoredEntry(String path, boolean folder, long bytes, long modifiedMillis) {
    /// Returns the last part of the path.
    public String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
