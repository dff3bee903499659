package io.neuralake.connector.delta.changes;

import io.neuralake.connector.delta.log.CommitSummary;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// Which versions of a table to list the changes of, both ends included.
///
/// @param to null for the newest
public record ChangeRange(TableVersion from, @Nullable TableVersion to) {
    private static final long MICROS_A_MILLI = 1000;

    /// Finds the versions. Throws INVALID_PARAMETER when there are none, or the log does not have all of
    /// them any more, with those that it has.
    public ChangesTable of(DeltaTable newest) {
        long last = newest.state().version();
        long first = first(newest, from);
        long end = to == null ? last : last(newest, to);
        if (first < 0 || end > last || first > end) {
            throw new NeuralakeException(
                    ErrorCode.INVALID_PARAMETER,
                    "Table has no such range of versions: "
                            + first
                            + " to "
                            + end
                            + "; the newest is "
                            + last);
        }
        TableLog log = newest.log();
        for (long version = first; version <= end; version++) {
            if (log.store().entry(TableLog.commitPath(log.folder(), version)).isEmpty()) {
                long oldest = version + 1;
                while (oldest <= last
                        && log.store().entry(TableLog.commitPath(log.folder(), oldest)).isEmpty()) {
                    oldest++;
                }
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER,
                        "Changes of version "
                                + version
                                + " are gone from the log; it has those of "
                                + oldest
                                + " to "
                                + last);
            }
        }
        DeltaTable table =
                end == last ? newest : (DeltaTable) newest.at(new TableVersion.Number(end));
        return new ChangesTable(table, first);
    }

    private static long first(DeltaTable table, TableVersion version) {
        if (version instanceof TableVersion.Time time) {
            long first = table.state().version() + 1;
            for (CommitSummary commit : table.history()) {
                if (commit.millis() * MICROS_A_MILLI >= time.micros()) {
                    first = commit.version();
                }
            }
            return first;
        }
        return ((TableVersion.Number) version).number();
    }

    private static long last(DeltaTable table, TableVersion version) {
        if (version instanceof TableVersion.Time time) {
            List<CommitSummary> newestFirst = table.history();
            for (CommitSummary commit : newestFirst) {
                if (commit.millis() * MICROS_A_MILLI <= time.micros()) {
                    return commit.version();
                }
            }
            return -1;
        }
        return ((TableVersion.Number) version).number();
    }
}
