package io.neuralake.connector.delta.maintenance;

import io.neuralake.connector.delta.log.CommitChanges;
import io.neuralake.connector.delta.log.CommitChanges.FileChange;
import io.neuralake.connector.delta.log.CommitChanges.Kind;
import io.neuralake.connector.delta.log.FilePath;
import io.neuralake.connector.delta.log.TableLog;

/// Finds the versions of a table all of whose files are still there.
public final class ReadableVersions {
    private ReadableVersions() {}

    /// Returns the oldest version from which on all can be read: from the newest back, the first that removed a
    /// file which is gone. Looks up each file that was removed since.
    ///
    /// @param folder the table's folder
    /// @param newest the newest version
    public static long oldest(TableLog log, String folder, long newest) {
        for (long version = newest; version > 0; version--) {
            if (log.store().entry(TableLog.commitPath(log.folder(), version)).isEmpty()) {
                return version + 1;
            }
            CommitChanges commit = log.reader().changes(version);
            for (FileChange file : commit.files()) {
                if (file.kind() == Kind.REMOVE
                        && log.store().entry(FilePath.resolve(folder, file.path())).isEmpty()) {
                    return version;
                }
            }
        }
        return 0;
    }
}
