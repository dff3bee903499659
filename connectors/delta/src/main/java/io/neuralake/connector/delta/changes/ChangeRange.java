package io.neuralake.connector.delta.changes;

import io.neuralake.connector.delta.log.CommitSummary;
import io.neuralake.connector.delta.log.TableLog;
import io.neuralake.connector.delta.scan.DeltaTable;
import io.neuralake.spi.catalog.TableVersion;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.storage.StoredEntry;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.regex.Pattern;

/// Which versions of a table to list the changes of, both ends included.
///
/// @param to null for the newest
public record ChangeRange(TableVersion from, @Nullable TableVersion to) {
    private static final long MICROS_A_MILLI = 1000;
    private static final Pattern COMMIT = Pattern.compile("\\d{20}\\.json");

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
        long[] millis = commitTimes(newest.log(), first, end, last);
        DeltaTable table =
                end == last ? newest : (DeltaTable) newest.at(new TableVersion.Number(end));
        return new ChangesTable(table, first, millis);
    }

    /// Lists the commits of a range.
    ///
    /// @return the time of change of each file
    private static long[] commitTimes(TableLog log, long first, long end, long last) {
        long[] millis = new long[Math.toIntExact(end - first + 1)];
        String firstName = "%020d".formatted(first);
        long oldest = last + 1;
        long expected = first;
        for (StoredEntry entry : log.store().children(log.folder(), firstName)) {
            if (!COMMIT.matcher(entry.name()).matches()) {
                continue;
            }
            long version = Long.parseLong(entry.name().substring(0, 20));
            oldest = version == expected ? oldest : Math.min(oldest, version);
            if (version > end || version != expected) {
                break;
            }
            millis[(int) (version - first)] = entry.modifiedMillis();
            expected++;
        }
        if (expected > end) {
            return millis;
        }
        throw new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Changes of version "
                        + expected
                        + " are gone from the log; it has those of "
                        + oldest
                        + " to "
                        + last);
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
