package io.neuralake.storage;

import java.util.List;
import java.util.Optional;

/// A place that holds files under slash-separated paths. Thread-safe. Methods throw STORAGE_ERROR
/// (58030) when the store does not answer as it should.
public interface ObjectStore {
    /// Lists what lies directly in a folder; empty when there is no such folder.
    FolderListing list(String folder);

    /// Returns what a folder was when [FolderListing#stamp] equals it: then a listing would be the
    /// same. Empty when there is no such folder, or the store cannot tell. Costs less than a listing.
    Optional<Object> stamp(String folder);

    /// Lists what lies directly in a folder, ordered by path; empty when there is no such folder.
    default List<StoredEntry> children(String folder) {
        return list(folder).children();
    }

    /// Lists what lies directly in a folder and whose name is at least `first` in the order of UTF-8,
    /// ordered by path; empty when there is no such folder.
    List<StoredEntry> children(String folder, String first);

    /// Looks up one path.
    Optional<StoredEntry> entry(String path);

    /// Reads a whole file. Throws FILE_NOT_FOUND (58P01) when there is none.
    byte[] read(String path);

    /// Reads a part of a file. Throws FILE_NOT_FOUND (58P01) when there is none, CORRUPT_FILE (XX001)
    /// when it ends before.
    ///
    /// @param offset where the part begins
    /// @param bytes its length
    byte[] read(String path, long offset, long bytes);
}
