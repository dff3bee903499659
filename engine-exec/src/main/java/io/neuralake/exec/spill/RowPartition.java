package io.neuralake.exec.spill;

import java.util.ArrayList;
import java.util.List;

/// The blocks of one partition of rows on disk. Belongs to its [SpilledPartitions] until all is
/// written; then immutable.
public final class RowPartition {
    private final List<SpillBlock> blocks = new ArrayList<>();
    private long rowCount;
    private long rawBytes;

    void add(SpillBlock block) {
        blocks.add(block);
        rowCount += block.rowCount();
        rawBytes += block.rawBytes();
    }

    /// Returns where the rows are.
    public List<SpillBlock> blocks() {
        return blocks;
    }

    /// Returns how many rows there are.
    public long rowCount() {
        return rowCount;
    }

    /// Returns about the bytes that the rows take in memory.
    public long rawBytes() {
        return rawBytes;
    }
}
