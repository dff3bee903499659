package io.neuralake.spi.change;

import io.neuralake.spi.expression.ScanPredicate;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What to compact.
///
/// @param where which files, a condition on partition columns alone; null for all
/// @param orderBy columns by whose values rows shall lie together, which makes every file be written
///     anew; empty to leave the order as it is, or for the columns by which the table is clustered
/// @param earlier a compaction of the same table which has met others that changed its files: only those that it saw
///     and that are as they were are taken now, since what has changed just now is likely to change again; null for
///     all files
/// @param minFiles how many small files must be there for one to be made of them, at least 2
public record CompactionOptions(
        @Nullable ScanPredicate where,
        List<String> orderBy,
        @Nullable Compaction earlier,
        int minFiles) {
    /// Copies the list.
    public CompactionOptions {
        orderBy = List.copyOf(orderBy);
    }

    /// Takes all files, however few.
    public CompactionOptions(@Nullable ScanPredicate where, List<String> orderBy) {
        this(where, orderBy, null, 2);
    }
}
