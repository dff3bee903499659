package io.neuralake.spi.catalog;

import java.util.List;

/// A table beside whose data statistics can be kept that its files lack: what ANALYZE needs.
/// Thread-safe.
public interface SupportsAnalyze extends TableSnapshot {
    /// Returns the parts whose statistics are kept one by one, such as files, each as a table of its
    /// own with the columns and statistics that it has.
    List<TableSnapshot> parts();

    /// Keeps statistics of parts, beside those that are kept already; of a part that changes later
    /// they are forgotten. Snapshots opened from now on have them, and another version. Throws
    /// STORAGE_ERROR when the lake cannot be written.
    void keep(List<PartStatistics> found);
}
