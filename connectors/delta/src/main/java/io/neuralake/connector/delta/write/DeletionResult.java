package io.neuralake.connector.delta.write;

import io.neuralake.connector.delta.log.AddFile;

import java.util.ArrayList;
import java.util.List;

/// What takes the place of files of which rows were deleted.
///
/// @param removed files as they are part of the table
/// @param added what is part of it instead: the same paths with other deletion vectors, or new files; nothing
///     for a file of which no row is left
/// @param deletedRows number of rows that are gone
public record DeletionResult(List<AddFile> removed, List<AddFile> added, long deletedRows) {
    /// Nothing.
    public static final DeletionResult NONE = new DeletionResult(List.of(), List.of(), 0);

    /// Returns both.
    public DeletionResult and(DeletionResult other) {
        List<AddFile> allRemoved = new ArrayList<>(removed);
        allRemoved.addAll(other.removed);
        List<AddFile> allAdded = new ArrayList<>(added);
        allAdded.addAll(other.added);
        return new DeletionResult(allRemoved, allAdded, deletedRows + other.deletedRows);
    }

    /// Copies the lists.
    public DeletionResult {
        removed = List.copyOf(removed);
        added = List.copyOf(added);
    }
}
