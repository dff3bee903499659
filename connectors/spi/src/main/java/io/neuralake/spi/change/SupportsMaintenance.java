package io.neuralake.spi.change;

import io.neuralake.spi.catalog.TableSnapshot;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/// A table that leaves files behind which can be cleared away.
public interface SupportsMaintenance extends TableSnapshot {
    /// Deletes the files that no version needs which is younger than a retention. Throws
    /// INVALID_PARAMETER for one that could harm running queries and writers.
    ///
    /// @param retention null for the table's own
    /// @param dryRun whether to tell only
    /// @return the paths of the files, relative to the table
    List<String> vacuum(@Nullable Duration retention, boolean dryRun);

    /// Tells whether the table is to be compacted by who has changed it: its properties ask for that, and it has so many
    /// small files that could be one.
    ///
    /// @param minFiles how many
    boolean isCompactionDue(int minFiles);

    /// Makes the table quicker to open: writes what its log adds up to.
    ///
    /// @return the version that was written
    long checkpoint();
}
