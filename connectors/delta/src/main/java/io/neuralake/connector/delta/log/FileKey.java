package io.neuralake.connector.delta.log;

import org.jspecify.annotations.Nullable;

/// Identifies a logical file of a table: a data file together with its deletion vector.
///
/// @param path decoded, since writers differ in what they encode
/// @param deletionVector its [DeletionVector#id], or null
public record FileKey(String path, @Nullable String deletionVector) {
    /// Identifies a file.
    ///
    /// @param path as the log has it
    public static FileKey of(String path, @Nullable DeletionVector vector) {
        return new FileKey(FilePath.decode(path), vector == null ? null : vector.id());
    }
}
