package io.neuralake.connector.delta.log;

import org.jspecify.annotations.Nullable;

/// An entry of a table's log (PROTOCOL.md, "Actions").
public sealed interface LogAction
        permits AddFile,
                LogAction.RemoveFile,
                LogAction.SetTransaction,
                LogAction.SetProtocol,
                LogAction.SetMetadata,
                LogAction.CommitInfo {
    /// Ends a file's being part of the table.
    ///
    /// @param deletedMillis time of removal, since 1970-01-01 UTC; 0 when unknown
    record RemoveFile(String path, @Nullable DeletionVector deletionVector, long deletedMillis)
            implements LogAction {}

    /// Sets the progress of an application that writes to the table.
    record SetTransaction(String applicationId, long version) implements LogAction {}

    /// Sets what readers and writers have to support.
    record SetProtocol(TableProtocol protocol) implements LogAction {}

    /// Sets schema, partitioning and properties.
    record SetMetadata(TableMetadata metadata) implements LogAction {}

    /// Says what a commit was about.
    ///
    /// @param inCommitMillis time of the commit, since 1970-01-01 UTC; null when it does not say
    record CommitInfo(@Nullable Long inCommitMillis) implements LogAction {}
}
