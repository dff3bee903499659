package io.neuralake.exec.operator.aggregate;

/// Work of a source worker.
sealed interface AggregationTask {
    /// Returns the grouping set.
    int set();

    /// Emits groups of a worker's state that needs no merge.
    ///
    /// @param complete whether the accumulators have to be completed first
    record Range(int set, GroupedState state, int from, int to, boolean complete)
            implements AggregationTask {}

    /// Merges a partition of all workers' groups and emits it.
    ///
    /// @param partition -1 for all groups
    record Merge(int set, int partition) implements AggregationTask {}

    /// Reads a partition of spilled groups, merges them and emits them.
    ///
    /// @param source stays somebody else's to close
    record Spilled(int set, SpilledGroups source, GroupPartition partition)
            implements AggregationTask {}
}
