package io.neuralake.storage.block;

/// A part of a file.
///
/// @param offset where it begins
/// @param bytes its length
public record ByteRange(long offset, long bytes) {
    /// Returns where it ends.
    public long end() {
        return offset + bytes;
    }
}
