package io.neuralake.connector.delta.maintenance;

import io.neuralake.storage.ObjectStore;
import io.neuralake.storage.StoredEntry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The checkpoints of a log, by version: classic ones, ones in several parts, and ones of version 2 with
/// an identifier in their name.
record CheckpointFiles(TreeMap<Long, List<StoredEntry>> versions) {
    private static final Pattern NAME =
            Pattern.compile(
                    "(\\d{20})\\.checkpoint(?:\\.(\\d{10})\\.(\\d{10})|\\.[0-9a-fA-F-]{36})?"
                            + "\\.(?:parquet|json)");

    /// Looks a log's checkpoints up.
    static CheckpointFiles list(ObjectStore store, String folder) {
        return of(store.children(folder));
    }

    static CheckpointFiles of(List<StoredEntry> entries) {
        TreeMap<Long, List<StoredEntry>> versions = new TreeMap<>();
        for (StoredEntry entry : entries) {
            Matcher matcher = NAME.matcher(entry.name());
            if (!entry.folder() && matcher.matches()) {
                versions.computeIfAbsent(Long.valueOf(matcher.group(1)), _ -> new ArrayList<>())
                        .add(entry);
            }
        }
        return new CheckpointFiles(versions);
    }

    /// Tells whether all files of one checkpoint of a version are there.
    boolean isComplete(long version) {
        Map<String, Integer> parts = new TreeMap<>();
        for (StoredEntry entry : versions.getOrDefault(version, List.of())) {
            Matcher matcher = NAME.matcher(entry.name());
            if (!matcher.matches() || entry.bytes() == 0) {
                continue;
            }
            if (matcher.group(3) == null
                    || parts.merge(matcher.group(3), 1, Integer::sum)
                            == Integer.parseInt(matcher.group(3))) {
                return true;
            }
        }
        return false;
    }

    /// Returns the newest version up to another that has a complete checkpoint; -1 for none.
    long newestComplete(long upTo) {
        for (Long version : versions.headMap(upTo, true).descendingKeySet()) {
            if (isComplete(version)) {
                return version;
            }
        }
        return -1;
    }
}
