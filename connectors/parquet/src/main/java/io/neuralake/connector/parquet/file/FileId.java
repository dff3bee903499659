package io.neuralake.connector.parquet.file;

/// Identifies one version of a file.
///
/// @param modifiedMillis time of the last change, since 1970-01-01 UTC, or [#WRITTEN_ONCE]
public record FileId(String path, long size, long modifiedMillis) {
    /// Stands for the time of change of a file that nobody writes to once it is there. Its size is checked
    /// only.
    public static final long WRITTEN_ONCE = -1;

    /// Identifies a file that nobody writes to once it is there.
    public static FileId writtenOnce(String path, long size) {
        return new FileId(path, size, WRITTEN_ONCE);
    }
}
