package io.neuralake.connector.delta.scan;

import io.neuralake.connector.delta.log.DeletionVector;

import org.jspecify.annotations.Nullable;

/// Finds serialized deletion vectors. Thread-safe.
public interface VectorSource {
    /// Reads a vector, without what surrounds it in its file. Throws FILE_NOT_FOUND, STORAGE_ERROR,
    /// CORRUPT_FILE, or UNSUPPORTED for an unknown kind.
    ///
    /// @param table the table's folder
    byte[] read(String table, DeletionVector vector);

    /// Returns the path of the file that has a vector; null when the log has it. Throws UNSUPPORTED for an
    /// unknown kind.
    ///
    /// @param table the table's folder
    @Nullable String path(String table, DeletionVector vector);
}
