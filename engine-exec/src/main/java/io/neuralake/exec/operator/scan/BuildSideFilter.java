package io.neuralake.exec.operator.scan;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// What the build side of a join tells a scan of its probe side about one key. Thread-safe.
public interface BuildSideFilter {
    /// Returns conjuncts over a column of the scan's table.
    List<ScanPredicate> predicates(ColumnPath column);

    /// Clears the bits of rows that have no match for certain. Rows whose bit is clear are not tested.
    ///
    /// @param keys the scan's column in any form
    /// @param passed bitmap of `keys.rowCount()` bits
    /// @return the number of bits left
    int filter(Column keys, MemorySegment passed);
}
