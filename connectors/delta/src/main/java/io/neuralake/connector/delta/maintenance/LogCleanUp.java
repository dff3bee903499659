package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogReader;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Deletes what a log has of versions that are older than `delta.logRetentionDuration` (PROTOCOL.md, "Metadata
/// Cleanup"). The newest checkpoint that is as old, its commit and all after it stay, so that every version of the
/// retention can still be read. Files go in the order of their versions: what a crash leaves is a log that
/// begins later.
final class LogCleanUp {
    private static final Pattern VERSIONED =
            Pattern.compile(
                    "(\\d{20})\\.(?:json|crc|checkpoint\\..*|(\\d{20})\\.compacted\\.json)");

    /// Checkpoints that are being written have sidecars that nobody names yet.
    private static final Duration UNNAMED = Duration.ofDays(1);

    private static final int BATCH = 1000;

    private final ObjectStore store;
    private final String folder;
    private final LogReader reader;
    private final InstantSource clock;

    /// @param folder the table's `_delta_log`
    LogCleanUp(ObjectStore store, String folder, LogReader reader, InstantSource clock) {
        this.store = store;
        this.folder = folder;
        this.reader = reader;
        this.clock = clock;
    }

    /// Deletes what is expired, if the table wants that. Throws STORAGE_ERROR, CORRUPT_FILE.
    ///
    /// @param newest the newest version
    void run(LogContents newest) {
        TableProperties properties = new TableProperties(newest.state().metadata().properties());
        if (!properties.clearsLog()) {
            return;
        }
        List<StoredEntry> entries = store.children(folder);
        Instant cutOff =
                clock.instant().minus(properties.logRetention()).truncatedTo(ChronoUnit.DAYS);
        long commit =
                new CommitTimes(reader, entries, newest.state()).newestAt(cutOff.toEpochMilli());
        CheckpointFiles checkpoints = CheckpointFiles.of(entries);
        long first = commit < 0 ? -1 : checkpoints.newestComplete(commit);
        boolean forbidden =
                CheckpointWriter.hasFeature(newest, "checkpointProtection")
                        && first < properties.protectedBefore();
        if (first < 0 || forbidden || !isReadable(checkpoints, first)) {
            return;
        }
        List<String> expired = new ArrayList<>();
        for (StoredEntry entry : entries) {
            Matcher matcher = VERSIONED.matcher(entry.name());
            if (!entry.folder() && matcher.matches()) {
                long version = Long.parseLong(matcher.group(1));
                boolean compacted = matcher.group(2) != null;
                if (version < first || compacted && version == first) {
                    expired.add(entry.path());
                }
            }
        }
        delete(expired);
        deleteSidecars();
    }

    /// Tells whether a checkpoint can be read, on which all that stays is to rest.
    private boolean isReadable(CheckpointFiles checkpoints, long version) {
        Set<String> present = new HashSet<>();
        store.children(folder + "/_sidecars").forEach(entry -> present.add(entry.name()));
        for (StoredEntry file : checkpoints.versions().getOrDefault(version, List.of())) {
            if (!present.containsAll(reader.sidecars(file))) {
                return false;
            }
        }
        return true;
    }

    /// Deletes sidecars that no checkpoint names any more.
    private void deleteSidecars() {
        // Listed before the checkpoints are read: what is written from now on stays.
        List<StoredEntry> sidecars = store.children(folder + "/_sidecars");
        if (sidecars.isEmpty()) {
            return;
        }
        Set<String> named = new HashSet<>();
        for (List<StoredEntry> files : CheckpointFiles.list(store, folder).versions().values()) {
            files.forEach(file -> named.addAll(reader.sidecars(file)));
        }
        long youngest = clock.instant().truncatedTo(ChronoUnit.DAYS).minus(UNNAMED).toEpochMilli();
        List<String> expired = new ArrayList<>();
        for (StoredEntry sidecar : sidecars) {
            if (!sidecar.folder()
                    && !named.contains(sidecar.name())
                    && sidecar.modifiedMillis() < youngest) {
                expired.add(sidecar.path());
            }
        }
        delete(expired);
    }

    private void delete(List<String> paths) {
        for (int from = 0; from < paths.size(); from += BATCH) {
            store.delete(paths.subList(from, Math.min(paths.size(), from + BATCH)));
        }
    }
}
