package io.neuralake.connector.delta.log;

import org.jspecify.annotations.Nullable;

/// Where the deleted rows of a file are listed (PROTOCOL.md, "Deletion Vectors").
///
/// @param storageType `u` for a file named by a UUID, `p` for one with an absolute path, `i` for inline
/// @param pathOrInline the encoded UUID, the path, or the encoded bytes
/// @param offset position in the file; null for none, and inline
/// @param bytes size of the serialized vector
/// @param cardinality number of deleted rows
public record DeletionVector(
        String storageType,
        String pathOrInline,
        @Nullable Integer offset,
        int bytes,
        long cardinality) {
    /// Returns what tells it from other vectors of the same data file.
    public String id() {
        return storageType + pathOrInline + (offset == null ? "" : "@" + offset);
    }
}
