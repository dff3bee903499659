package io.neuralake.spi.change;

import io.neuralake.spi.expression.ScanPredicate;

import org.jspecify.annotations.Nullable;

import java.util.List;

/// What to compact.
///
/// @param where which files, a condition on partition columns alone; null for all
/// @param orderBy columns by whose values rows shall lie together, which makes every file be written
///     anew; empty to leave the order as it is, or for the columns by which the table is clustered
public record CompactionOptions(@Nullable ScanPredicate where, List<String> orderBy) {
    /// Copies the list.
    public CompactionOptions {
        orderBy = List.copyOf(orderBy);
    }
}
