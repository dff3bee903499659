package io.neuralake.exec.operator.join;

import io.neuralake.exec.spill.SpillBlock;

import java.util.ArrayList;
import java.util.List;

/// The blocks of one partition of rows on disk. Belongs to its [SpilledPartitions] until all is
/// written; then immutable.
final class RowPartition {
    private final List<SpillBlock> blocks = new ArrayList<>();
    private long rowCount;
    private long rawBytes;

    void add(SpillBlock block) {
        blocks.add(block);
        rowCount += block.rowCount();
        rawBytes += block.rawBytes();
    }

    List<SpillBlock> blocks() {
        return blocks;
    }

    long rowCount() {
        return rowCount;
    }

    /// Returns about the bytes that the rows take in memory.
    long rawBytes() {
        return rawBytes;
    }
}
