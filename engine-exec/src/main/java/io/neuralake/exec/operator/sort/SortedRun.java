package io.neuralake.exec.operator.sort;

import io.neuralake.exec.spill.SpillBlock;

import java.util.List;

/// Rows in order, on disk.
record SortedRun(List<SpillBlock> blocks, long rowCount) {
    /// Copies the list.
    SortedRun {
        blocks = List.copyOf(blocks);
    }
}
