package io.neuralake.connector.delta.scan;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.List;

/// Clears away what tables leave behind, for [DeltaTable] to hand out. Thread-safe.
public interface TableUpkeep {
    /// Deletes files that no version needs, as [io.neuralake.spi.change.SupportsMaintenance#vacuum] says.
    List<String> vacuum(DeltaTable table, @Nullable Duration retention, boolean dryRun);

    /// Tells whether a table asks for compaction after changes, as
    /// [io.neuralake.spi.change.SupportsMaintenance#isCompactionDue] says.
    boolean isCompactionDue(DeltaTable table, int minFiles);

    /// Writes what the newest version of a table's log adds up to, and returns its number.
    long checkpoint(DeltaTable table);
}
