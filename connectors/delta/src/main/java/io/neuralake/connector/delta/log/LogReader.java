package io.neuralake.connector.delta.log;

import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Reads a table's log. Thread-safe.
public interface LogReader {
    /// Reads a whole version from checkpoint and commits. Throws FILE_NOT_FOUND when there is no table,
    /// UNSUPPORTED when it asks for what this reader lacks, INVALID_PARAMETER for a version that is not
    /// there, with the range of those which are, CORRUPT_FILE or STORAGE_ERROR.
    ///
    /// @param version the version, or null for the newest
    TableState load(@Nullable Long version);

    /// Finds the newest version that is not younger than a time. Throws INVALID_PARAMETER when the
    /// oldest one is.
    ///
    /// @param millis since 1970-01-01 UTC
    long versionAt(long millis);

    /// Reads a commit. Throws CORRUPT_FILE or STORAGE_ERROR.
    List<LogAction> commit(long version);

    /// Reads all that a version says. Costs as much as [#load], and more memory. Throws as it does.
    ///
    /// @param version the version, or null for the newest
    LogContents contents(@Nullable Long version);

    /// Returns the names of the sidecars of a checkpoint. Throws CORRUPT_FILE or STORAGE_ERROR.
    ///
    /// @param file of the checkpoint, as it was listed
    List<String> sidecars(StoredEntry file);

    /// Reads what a commit changes. Throws CORRUPT_FILE or STORAGE_ERROR, FILE_NOT_FOUND when it is gone.
    CommitChanges changes(long version);
}
