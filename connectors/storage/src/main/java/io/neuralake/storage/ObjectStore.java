package io.neuralake.storage;

import java.util.List;
import java.util.Optional;

/// A place that holds files under slash-separated paths. Thread-safe. Methods throw STORAGE_ERROR
/// (58030) when the store does not answer as it should.
public interface ObjectStore {
    /// Lists what lies directly in a folder, ordered by path; empty when there is no such folder.
    List<StoredEntry> children(String folder);

    /// Looks up one path.
    Optional<StoredEntry> entry(String path);
}
