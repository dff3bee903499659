package io.neuralake.connector.delta.log;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/// What a commit changes, for those who follow changes.
///
/// @param inCommitMillis time of the commit that it names itself, since 1970-01-01 UTC; null for none
/// @param files in the order of the log
/// @param metadata what the table is from then on; null when the commit does not say
public record CommitChanges(
        @Nullable Long inCommitMillis, List<FileChange> files, @Nullable TableMetadata metadata) {
    /// Copies the list.
    public CommitChanges {
        files = List.copyOf(files);
    }

    /// Kinds of file actions.
    public enum Kind {
        ADD,
        REMOVE,
        /// A file that lists changed rows.
        CHANGES
    }

    /// A file action.
    ///
    /// @param partitionValues texts by physical name; null when the action does not say
    /// @param size in bytes; -1 when the action does not say
    /// @param dataChange false if the rows were only moved
    public record FileChange(
            Kind kind,
            String path,
            @Nullable Map<String, @Nullable String> partitionValues,
            long size,
            @Nullable DeletionVector deletionVector,
            boolean dataChange) {}
}
