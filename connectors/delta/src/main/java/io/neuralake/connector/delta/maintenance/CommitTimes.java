package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.log.LogContents;
import io.neuralake.connector.delta.log.LogReader;
import io.neuralake.storage.StoredEntry;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The commits that a log still has, and when they were made. For one thread.
final class CommitTimes {
    private static final Pattern COMMIT = Pattern.compile("\\d{20}\\.json");

    private final LogReader reader;
    private final TreeMap<Long, StoredEntry> commits = new TreeMap<>();
    private final long ownTimesFrom;

    /// @param entries what lies in the log's folder
    CommitTimes(LogReader reader, List<StoredEntry> entries, LogContents.Header newest) {
        this.reader = reader;
        for (StoredEntry entry : entries) {
            if (COMMIT.matcher(entry.name()).matches()) {
                commits.put(Long.valueOf(entry.name().substring(0, 20)), entry);
            }
        }
        this.ownTimesFrom =
                newest.metadata().inCommitTimestamps()
                        ? new TableProperties(newest.metadata().properties())
                                .inCommitTimestampsFrom()
                        : Long.MAX_VALUE;
    }

    /// Returns the newest commit that was made at a time or before; -1 when there is none. Times grow from
    /// commit to commit, those of files as they would be made to.
    long newestAt(long millis) {
        long found = -1;
        long latest = Long.MIN_VALUE;
        for (Map.Entry<Long, StoredEntry> commit : commits.headMap(ownTimesFrom).entrySet()) {
            latest = Math.max(latest + 1, commit.getValue().modifiedMillis());
            if (latest > millis) {
                return found;
            }
            found = commit.getKey();
        }
        List<Long> versions = List.copyOf(commits.tailMap(ownTimesFrom).keySet());
        int low = 0;
        int high = versions.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            Long own = reader.changes(versions.get(middle)).inCommitMillis();
            if (own != null && own <= millis) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low == 0 ? found : versions.get(low - 1);
    }
}
