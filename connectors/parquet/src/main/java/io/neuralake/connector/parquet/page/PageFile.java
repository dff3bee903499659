package io.neuralake.connector.parquet.page;

import io.neuralake.connector.parquet.file.DataFile;
import io.neuralake.connector.parquet.file.FileId;

import org.jspecify.annotations.Nullable;

/// A file whose pages are read, and where they are kept.
///
/// @param file open, stays the caller's
/// @param id the version that is read
/// @param cache null for none
public record PageFile(DataFile file, FileId id, @Nullable PageCache cache) {
    PageKey key(long offset) {
        return new PageKey(id, file.key(), offset);
    }
}
