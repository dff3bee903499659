package io.neuralake.connector.delta.log;

import org.jspecify.annotations.Nullable;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/// All that the log of a version adds up to, with every member of its actions: what a checkpoint has to
/// say. Much larger than a [TableState], which queries use. Rows are in Java form.
///
/// @param types the types of the rows
/// @param state the same version as queries see it, without its files
/// @param files active files
/// @param tombstones files that were removed, as long as the log knows them
/// @param baseSidecars the sidecars of the checkpoint that was read, with the number of their rows
public record LogContents(
        ActionTypes types,
        Header state,
        List<@Nullable Object> protocol,
        List<@Nullable Object> metadata,
        Collection<List<@Nullable Object>> transactions,
        Collection<List<@Nullable Object>> domains,
        Collection<Entry> files,
        Collection<Entry> tombstones,
        Map<String, Sidecar> baseSidecars) {
    /// What identifies a version and says how it is to be read.
    ///
    /// @param millis time of the commit, since 1970-01-01 UTC
    /// @param baseVersion version of the checkpoint that was read; -1 for none
    public record Header(
            long version,
            long millis,
            TableProtocol protocol,
            TableMetadata metadata,
            long baseVersion) {}

    /// A file that is or was part of the table.
    ///
    /// @param row the action
    /// @param sidecar name of the sidecar that has it; null when another file has
    public record Entry(List<@Nullable Object> row, @Nullable String sidecar) {}

    /// A file with actions of a checkpoint.
    public record Sidecar(String name, long bytes, long modifiedMillis, int rows) {}

    /// Returns the version.
    public long version() {
        return state.version();
    }
}
