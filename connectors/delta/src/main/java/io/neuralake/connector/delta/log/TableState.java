package io.neuralake.connector.delta.log;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One version of a table, as its log has it. Immutable.
///
/// @param version counts commits from 0
/// @param millis time of the commit, since 1970-01-01 UTC
/// @param transactions the last version that each application has set
public record TableState(
        long version,
        long millis,
        TableProtocol protocol,
        TableMetadata metadata,
        ActiveFiles active,
        Map<String, Long> transactions) {
    /// Adds up the actions of a snapshot, in which each file appears at most once.
    public static TableState of(long version, long millis, Iterable<LogAction> actions) {
        TableProtocol protocol = null;
        TableMetadata metadata = null;
        List<AddFile> files = new ArrayList<>();
        Map<String, Long> transactions = new HashMap<>();
        for (LogAction action : actions) {
            switch (action) {
                case AddFile file -> files.add(file);
                case LogAction.SetTransaction t -> transactions.put(t.applicationId(), t.version());
                case LogAction.SetProtocol p -> protocol = p.protocol();
                case LogAction.SetMetadata m -> metadata = m.metadata();
                case LogAction.RemoveFile _, LogAction.CommitInfo _ -> {}
            }
        }
        if (protocol == null || metadata == null) {
            throw new IllegalStateException("A snapshot without protocol or metadata");
        }
        return new TableState(
                version,
                millis,
                protocol,
                metadata,
                ActiveFiles.EMPTY.with(List.of(), files),
                Map.copyOf(transactions));
    }

    /// Returns the next version.
    ///
    /// @param commit changes neither protocol nor metadata
    /// @param fileMillis time of the commit's file
    TableState next(Collection<LogAction> commit, long fileMillis) {
        long time = fileMillis;
        for (LogAction action : commit) {
            if (action instanceof LogAction.CommitInfo info
                    && info.inCommitMillis() != null
                    && metadata.inCommitTimestamps()) {
                time = info.inCommitMillis();
            }
        }
        TableState changed = with(commit);
        return new TableState(
                version + 1, time, protocol, metadata, changed.active, changed.transactions);
    }

    /// Returns this version with the files and transactions of one more commit, or of
    /// a compacted log file. What it both adds and removes is gone.
    public TableState with(Collection<LogAction> commit) {
        List<FileKey> removed = new ArrayList<>();
        Map<FileKey, AddFile> added = new LinkedHashMap<>();
        Map<String, Long> changed = null;
        for (LogAction action : commit) {
            switch (action) {
                case AddFile file ->
                        added.put(FileKey.of(file.path(), file.deletionVector()), file);
                case LogAction.RemoveFile r ->
                        removed.add(FileKey.of(r.path(), r.deletionVector()));
                case LogAction.SetTransaction t -> {
                    changed = changed == null ? new HashMap<>(transactions) : changed;
                    changed.put(t.applicationId(), t.version());
                }
                case LogAction.CommitInfo _, LogAction.SetProtocol _, LogAction.SetMetadata _ -> {}
            }
        }
        return new TableState(
                version,
                millis,
                protocol,
                metadata,
                active.with(removed, added.values()),
                changed == null ? transactions : Map.copyOf(changed));
    }

    /// Tells whether another state of the same table is the same version of it.
    public boolean isVersion(TableState other) {
        return version == other.version
                && millis == other.millis
                && metadata.id().equals(other.metadata.id());
    }

    /// Returns the files, in a fixed order.
    public Iterable<AddFile> files() {
        return active;
    }

    /// Returns the number of files.
    public int fileCount() {
        return active.size();
    }
}
