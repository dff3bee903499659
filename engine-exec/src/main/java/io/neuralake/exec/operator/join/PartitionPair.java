package io.neuralake.exec.operator.join;

import io.neuralake.exec.spill.RowPartition;
import io.neuralake.exec.spill.SpilledPartitions;

/// Rows of both sides of a join on disk whose keys have the same bits of their hashes.
///
/// @param number of the partition
/// @param divisible whether dividing them by further bits promises smaller ones
record PartitionPair(
        SpilledPartitions build,
        RowPartition buildRows,
        SpilledPartitions probe,
        RowPartition probeRows,
        int number,
        boolean divisible) {
    /// Returns the pair of partitions with one number.
    ///
    /// @param rowsDivided build rows of all partitions together
    static PartitionPair of(
            SpilledPartitions build, SpilledPartitions probe, int number, long rowsDivided) {
        RowPartition rows = build.partition(number);
        // most of the rows in one of so many partitions: they are those of one key
        boolean skewed = build.level() > 0 && rows.rowCount() * 2 > rowsDivided;
        boolean divisible = !skewed && build.level() < SpilledPartitions.MAX_LEVEL;
        return new PartitionPair(build, rows, probe, probe.partition(number), number, divisible);
    }
}
