package io.neuralake.connector.delta.log;

import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Finds in a log whether files are being deleted. Who vacuums says so with one commit before and one after,
/// as other programs do; who stopped in between has left the first one only.
public final class VacuumMarks {
    /// The operation of the commit before the first file is deleted.
    public static final String START = "VACUUM START";

    /// The operation of the commit after the last one.
    public static final String END = "VACUUM END";

    /// So long a beginning counts whose end is not seen.
    public static final Duration LONGEST = Duration.ofHours(1);

    private VacuumMarks() {}

    /// Tells whether a commit says that files are about to be deleted, or were.
    public static boolean isVacuum(List<LogAction> commit) {
        return mark(commit) != null;
    }

    /// Tells whether files are being deleted as of a version. Reads the commits of the last hour, back to the
    /// last one that says something of it.
    ///
    /// @param millis the time, since 1970-01-01 UTC
    public static boolean isUnderWay(TableLog log, long version, long millis) {
        for (long at = version; at > 0; at--) {
            Optional<StoredEntry> commit = log.store().entry(TableLog.commitPath(log.folder(), at));
            if (commit.isEmpty() || commit.get().modifiedMillis() < millis - LONGEST.toMillis()) {
                return false;
            }
            String mark = mark(log.commit(at));
            if (mark != null) {
                return mark.equals(START);
            }
        }
        return false;
    }

    private static @Nullable String mark(List<LogAction> commit) {
        for (LogAction action : commit) {
            if (action instanceof LogAction.CommitInfo info
                    && (START.equals(info.operation()) || END.equals(info.operation()))) {
                return info.operation();
            }
        }
        return null;
    }
}
