package io.neuralake.connector.delta.log;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/// An entry of a table's log (PROTOCOL.md, "Actions").
public sealed interface LogAction
        permits AddFile,
                LogAction.RemoveFile,
                LogAction.AddCdcFile,
                LogAction.SetTransaction,
                LogAction.SetProtocol,
                LogAction.SetMetadata,
                LogAction.SetDomain,
                LogAction.CommitInfo {
    /// Ends a file's being part of the table.
    ///
    /// @param deletedMillis time of removal, since 1970-01-01 UTC; 0 when unknown
    /// @param partitionValues texts by physical name, not to be changed; null when the log does not tell
    /// @param size in bytes; -1 when the log does not tell
    record RemoveFile(
            String path,
            @Nullable DeletionVector deletionVector,
            long deletedMillis,
            @Nullable Map<String, @Nullable String> partitionValues,
            long size,
            FileDetails details)
            implements LogAction {
        /// Makes an action that says no more than it must.
        public RemoveFile(
                String path, @Nullable DeletionVector deletionVector, long deletedMillis) {
            this(path, deletionVector, deletedMillis, null, -1, FileDetails.DATA);
        }
    }

    /// Adds a file that holds the rows which a commit changed, for who follows the changes of the table.
    ///
    /// @param path relative to the table's folder or absolute, percent-encoded
    /// @param partitionValues texts by physical name; not to be changed
    /// @param size in bytes
    record AddCdcFile(String path, Map<String, @Nullable String> partitionValues, long size)
            implements LogAction {}

    /// Sets the progress of an application that writes to the table.
    ///
    /// @param updatedMillis when, since 1970-01-01 UTC; null when it does not say
    record SetTransaction(String applicationId, long version, @Nullable Long updatedMillis)
            implements LogAction {
        /// Makes an action without time.
        public SetTransaction(String applicationId, long version) {
            this(applicationId, version, null);
        }
    }

    /// Sets what readers and writers have to support.
    record SetProtocol(TableProtocol protocol) implements LogAction {}

    /// Sets schema, partitioning and properties.
    record SetMetadata(TableMetadata metadata) implements LogAction {}

    /// Sets what a feature, or an application, keeps with the table.
    ///
    /// @param domain the name; `delta.` begins those of features
    /// @param configuration a text, mostly JSON
    /// @param removed whether there is no such domain from now on
    record SetDomain(String domain, String configuration, boolean removed) implements LogAction {}

    /// Says what a commit was about.
    ///
    /// @param inCommitMillis time of the commit, since 1970-01-01 UTC; null when it does not say
    /// @param transactionId names the attempt to commit; null when it does not say
    /// @param operation the kind of change; null when it does not say
    /// @param blindAppend whether it only added files, without having read the table
    record CommitInfo(
            @Nullable Long inCommitMillis,
            @Nullable String transactionId,
            @Nullable String operation,
            boolean blindAppend)
            implements LogAction {
        /// Makes an action that tells the time only.
        public CommitInfo(@Nullable Long inCommitMillis) {
            this(inCommitMillis, null, null, false);
        }
    }
}
