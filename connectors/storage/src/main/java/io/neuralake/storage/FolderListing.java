package io.neuralake.storage;

import java.util.List;
import java.util.Optional;

/// What lay in a folder.
///
/// @param children ordered by path
/// @param stamp what [ObjectStore#stamp] returns as long as a listing would be the same; empty when
///     no stamp would tell
public record FolderListing(List<StoredEntry> children, Optional<Object> stamp) {
    /// Copies the list.
    public FolderListing {
        children = List.copyOf(children);
    }
}
