package io.neuralake.connector.delta.log;

import org.jspecify.annotations.Nullable;

import java.util.Map;

/// What an action on a file says beside the file.
///
/// @param dataChange false when the commit only arranges rows in another way
/// @param tags texts by name; not to be changed
/// @param baseRowId identifier of the file's first row (PROTOCOL.md, "Row Tracking"); null for none
/// @param rowCommitVersion the version in which the file was added; null for none
/// @param clusteringProvider who clustered the file; null for nobody
public record FileDetails(
        boolean dataChange,
        Map<String, @Nullable String> tags,
        @Nullable Long baseRowId,
        @Nullable Long rowCommitVersion,
        @Nullable String clusteringProvider) {
    /// Says nothing but that rows change.
    public static final FileDetails DATA = new FileDetails(true, Map.of(), null, null, null);

    /// Returns the same with another mark of whether rows change.
    public FileDetails withDataChange(boolean change) {
        return change == dataChange
                ? this
                : new FileDetails(change, tags, baseRowId, rowCommitVersion, clusteringProvider);
    }

    /// Returns the same with identifiers of rows.
    public FileDetails withRows(@Nullable Long base, @Nullable Long version) {
        return new FileDetails(dataChange, tags, base, version, clusteringProvider);
    }

    /// Returns the same with the name of who clustered the file.
    public FileDetails withClusteringProvider(@Nullable String provider) {
        return new FileDetails(dataChange, tags, baseRowId, rowCommitVersion, provider);
    }
}
