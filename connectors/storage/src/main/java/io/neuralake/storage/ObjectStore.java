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

    /// Looks up one path.
    Optional<StoredEntry> entry(String path);
}
