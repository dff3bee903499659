package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogReader;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

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
/// Cleanup"). The newest readable checkpoint that is as old, its commit and all after it stay, so that every version of the
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
        long first = commit < 0 ? -1 : newestReadable(CheckpointFiles.of(entries), commit);
        boolean forbidden =
                CheckpointWriter.hasFeature(newest, "checkpointProtection")
                        && first < properties.protectedBefore();
        if (first >= 0 && !forbidden) {
            delete(before(first, entries));
        }
        deleteSidecars();
    }

    private static List<String> before(long first, List<StoredEntry> entries) {
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
        return expired;
    }

    /// Returns the newest checkpoint up to a version that can be read, on which all that stays is to rest; -1 for
    /// none.
    private long newestReadable(CheckpointFiles checkpoints, long upTo) {
        Set<String> present = new HashSet<>();
        store.children(folder + "/_sidecars").forEach(entry -> present.add(entry.name()));
        long version = checkpoints.newestComplete(upTo);
        while (version >= 0) {
            Set<String> named = sidecars(checkpoints.versions().getOrDefault(version, List.of()));
            if (named != null && present.containsAll(named)) {
                return version;
            }
            version = checkpoints.newestComplete(version - 1);
        }
        return -1;
    }

    /// Returns the sidecars that a checkpoint names; null when it is damaged.
    private @Nullable Set<String> sidecars(List<StoredEntry> checkpoint) {
        try {
            Set<String> named = new HashSet<>();
            checkpoint.forEach(file -> named.addAll(reader.sidecars(file)));
            return named;
        } catch (NeuralakeException e) {
            if (e.code() == ErrorCode.CORRUPT_FILE) {
                return null;
            }
            throw e;
        }
    }

    /// Deletes sidecars that no checkpoint names any more. None while a damaged one does not tell.
    private void deleteSidecars() {
        // Listed before the checkpoints are read: what is written from now on stays.
        List<StoredEntry> sidecars = store.children(folder + "/_sidecars");
        if (sidecars.isEmpty()) {
            return;
        }
        Set<String> named = new HashSet<>();
        for (List<StoredEntry> files : CheckpointFiles.list(store, folder).versions().values()) {
            Set<String> some = sidecars(files);
            if (some == null) {
                return;
            }
            named.addAll(some);
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
