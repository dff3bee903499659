package io.neuralake.connector.delta.commit;

/// How the file of a commit comes into being exactly once. Thread-safe.
public interface CommitLog {
    /// Writes a commit if its version is free. Throws COMMIT_UNKNOWN when it could not be found out whether it was written; any
    /// other error means that it was not, and never will be.
    ///
    /// @param logFolder the table's `_delta_log`
    /// @param actions the file's content
    /// @param commitId a text that only this commit's content has
    /// @return false if there is another commit of that version
    boolean write(String logFolder, long version, byte[] actions, String commitId);
}
