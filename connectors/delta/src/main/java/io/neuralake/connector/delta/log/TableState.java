package io.neuralake.connector.delta.log;

import org.jspecify.annotations.Nullable;

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
/// @param domains what features and applications keep with the table, by domain
public record TableState(
        long version,
        long millis,
        TableProtocol protocol,
        TableMetadata metadata,
        ActiveFiles active,
        Map<String, Long> transactions,
        Map<String, String> domains) {
    /// Makes the state of a table that is not there yet.
    public static TableState before(TableProtocol protocol, TableMetadata metadata) {
        return new TableState(-1, 0, protocol, metadata, ActiveFiles.EMPTY, Map.of(), Map.of());
    }

    /// Adds up the actions of a snapshot, in which each file appears at most once.
    public static TableState of(long version, long millis, Iterable<LogAction> actions) {
        TableProtocol protocol = null;
        TableMetadata metadata = null;
        List<AddFile> files = new ArrayList<>();
        Map<String, Long> transactions = new HashMap<>();
        Map<String, String> domains = new HashMap<>();
        for (LogAction action : actions) {
            switch (action) {
                case AddFile file -> files.add(file);
                case LogAction.SetDomain d -> set(d, domains);
                case LogAction.SetTransaction t -> transactions.put(t.applicationId(), t.version());
                case LogAction.SetProtocol p -> protocol = p.protocol();
                case LogAction.SetMetadata m -> metadata = m.metadata();
                case LogAction.RemoveFile _, LogAction.AddCdcFile _, LogAction.CommitInfo _ -> {}
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
                Map.copyOf(transactions),
                Map.copyOf(domains));
    }

    private static void set(LogAction.SetDomain action, Map<String, String> domains) {
        if (action.removed()) {
            domains.remove(action.domain());
        } else {
            domains.put(action.domain(), action.configuration());
        }
    }

    /// Returns the next version.
    ///
    /// @param fileMillis time of the commit's file
    public TableState next(Collection<? extends LogAction> commit, long fileMillis) {
        TableState changed = with(commit);
        long time = fileMillis;
        for (LogAction action : commit) {
            if (action instanceof LogAction.CommitInfo info
                    && info.inCommitMillis() != null
                    && changed.metadata.inCommitTimestamps()) {
                time = info.inCommitMillis();
            }
        }
        return new TableState(
                version + 1,
                time,
                changed.protocol,
                changed.metadata,
                changed.active,
                changed.transactions,
                changed.domains);
    }

    /// Returns this version with what one more commit, or a compacted log file, changes. What it both adds and
    /// removes is gone.
    public TableState with(Collection<? extends LogAction> commit) {
        List<FileKey> removed = new ArrayList<>();
        Map<FileKey, AddFile> added = new LinkedHashMap<>();
        Map<String, Long> changed = null;
        Map<String, String> nowDomains = null;
        TableProtocol nowProtocol = protocol;
        TableMetadata nowMetadata = metadata;
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
                case LogAction.SetDomain d -> {
                    nowDomains = nowDomains == null ? new HashMap<>(domains) : nowDomains;
                    set(d, nowDomains);
                }
                case LogAction.SetProtocol p -> nowProtocol = p.protocol();
                case LogAction.SetMetadata m -> nowMetadata = m.metadata();
                case LogAction.AddCdcFile _, LogAction.CommitInfo _ -> {}
            }
        }
        return new TableState(
                version,
                millis,
                nowProtocol,
                nowMetadata,
                active.with(removed, added.values()),
                changed == null ? transactions : Map.copyOf(changed),
                nowDomains == null ? domains : Map.copyOf(nowDomains));
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

    /// Returns the file of a key; null when there is none.
    public @Nullable AddFile file(FileKey key) {
        return active.find(key);
    }

    /// Returns the number of files.
    public int fileCount() {
        return active.size();
    }
}
