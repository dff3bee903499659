package io.neuralake.exec.operator.aggregate;

import io.neuralake.exec.metrics.NodeMetrics;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.HashAggregate;
import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.exec.spill.SpillBlock;
import io.neuralake.exec.spill.SpillFile;
import io.neuralake.exec.spill.SpillReader;
import io.neuralake.exec.spill.SpillWriter;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;

/// Groups of one grouping set on disk, divided by some bits of the hash of their keys: those of level
/// 0 are the uppermost, and a partition that is too large is divided again by those of the next level.
/// Thread-safe.
final class SpilledGroups implements AutoCloseable {
    /// Partitions of a level: 2 to the power of this.
    static final int BITS = HashAggregation.PARTITION_BITS;

    /// On this level partitions are not divided any more, since their keys' hashes agree.
    static final int MAX_LEVEL = Long.SIZE / BITS - 1;

    /// So that tests that spill everything come to an end soon.
    private static final int MAX_LEVEL_OF_TESTS = 1;

    private final int level;
    private final QuerySpill spill;
    private final SpillFile file;
    private final List<GroupPartition> partitions = new ArrayList<>();
    private final List<Type> keyTypes = new ArrayList<>();
    private volatile boolean used;

    /// @param set positions in the keys of the node
    SpilledGroups(HashAggregate node, List<Integer> set, int level, WorkerContext context) {
        this.level = level;
        this.spill = context.spill();
        this.file = spill.newFile(bytes -> context.count(NodeMetrics.SPILLED_BYTES, bytes));
        for (int key : set) {
            keyTypes.add(node.input().schema().field(node.keys().get(key)).type());
        }
    }

    int level() {
        return level;
    }

    boolean canDivideFurther() {
        return level < (spill.everything() ? MAX_LEVEL_OF_TESTS : MAX_LEVEL);
    }

    /// Returns how far right the partition's bits are to be shifted.
    int shift() {
        return Long.SIZE - BITS * (level + 1);
    }

    long blockBytes() {
        return spill.blockBytes();
    }

    /// Tells whether anything was spilled.
    boolean isUsed() {
        return used;
    }

    SpillWriter newWriter(MemoryAllocator allocator) {
        return new SpillWriter(file, allocator);
    }

    /// Returns the reader of blocks with these columns behind the keys.
    SpillReader newReader(List<Type> types) {
        List<Type> all = new ArrayList<>(keyTypes);
        all.addAll(types);
        return new SpillReader(file, all);
    }

    int keyCount() {
        return keyTypes.size();
    }

    /// Adds a block of groups.
    ///
    /// @param entryStates aggregates that keep entries
    synchronized void addStates(int partition, int entryStates, SpillBlock block) {
        partition(partition, entryStates).states().add(block);
    }

    /// Adds a block of entries.
    synchronized void addEntries(int partition, int entryStates, int aggregate, SpillBlock block) {
        partition(partition, entryStates).entries(aggregate).add(block);
    }

    private GroupPartition partition(int partition, int entryStates) {
        while (partitions.size() < 1 << BITS) {
            partitions.add(new GroupPartition(entryStates));
        }
        used = true;
        return partitions.get(partition);
    }

    /// Returns the partitions that have groups, once all is written.
    synchronized List<GroupPartition> filled() {
        return partitions.stream().filter(partition -> !partition.isEmpty()).toList();
    }

    /// Deletes the file; idempotent.
    @Override
    public void close() {
        file.close();
    }
}
