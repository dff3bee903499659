package io.neuralake.exec.spill;

import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.row.Ownership;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/// Rows on disk, divided by some bits of the hash of their keys: those of level 0 are the uppermost,
/// and a partition that is too large is divided again by those of the next level. Thread-safe.
public final class SpilledPartitions implements AutoCloseable {
    /// Partitions of a level: 2 to the power of this.
    private static final int BITS = 6;

    /// The number of partitions.
    public static final int COUNT = 1 << BITS;

    /// On this level partitions are not divided any more, since their keys' hashes agree.
    public static final int MAX_LEVEL = Long.SIZE / BITS - 1;

    private static final int MIN_BLOCK_ROWS = 16;
    private static final int MAX_BLOCK_ROWS = 4096;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final RowDivision division;
    private final int level;
    private final QuerySpill spill;
    private final LongConsumer onWrite;
    private final Runnable checkCancelled;
    private final SpillFile file;
    private final SpillReader reader;
    private final List<RowPartition> partitions = new ArrayList<>();
    private final AtomicLong unmatchableRows = new AtomicLong();
    private volatile boolean used;

    /// @param onWrite is told the bytes of each block
    public SpilledPartitions(
            RowDivision division,
            int level,
            QuerySpill spill,
            LongConsumer onWrite,
            Runnable checkCancelled) {
        this.division = division;
        this.level = level;
        this.spill = spill;
        this.onWrite = onWrite;
        this.checkCancelled = checkCancelled;
        this.file = spill.newFile(onWrite);
        this.reader = new SpillReader(file, division.schema());
        for (int p = 0; p < COUNT; p++) {
            partitions.add(new RowPartition());
        }
    }

    /// Returns how rows are divided.
    public RowDivision division() {
        return division;
    }

    /// Returns which bits divide the rows.
    public int level() {
        return level;
    }

    /// Returns what reads blocks of the partitions.
    public SpillReader reader() {
        return reader;
    }

    /// Tells whether rows were spilled, dropped ones included.
    public boolean isUsed() {
        return used;
    }

    /// Returns how many rows came that nothing can match.
    public long unmatchableRows() {
        return unmatchableRows.get();
    }

    /// Returns about how many bytes to divide at a time.
    public long segmentBytes() {
        return spill.runBytes();
    }

    /// Returns a partition, to be read when all is written.
    public RowPartition partition(int number) {
        return partitions.get(number);
    }

    /// Returns the number of the partition of a hash.
    public int partitionOf(long hash) {
        return (int) (hash >>> Long.SIZE - BITS * (level + 1)) & COUNT - 1;
    }

    /// Divides and writes rows, which stay the caller's. Rows that nothing can match are dropped, or
    /// spread over all partitions if the join needs them.
    public void write(Batch rows, MemoryAllocator allocator) {
        int count = rows.rowCount();
        if (count == 0) {
            return;
        }
        used = true;
        try (Ownership owned = new Ownership();
                SpillWriter writer = new SpillWriter(file, allocator)) {
            DataBuffer numbers = owned.hold(allocator.allocate(8L * count));
            division.hash(rows, numbers.segment());
            DataBuffer matchable = division.matchable(rows, allocator);
            if (matchable != null) {
                owned.hold(matchable);
            }
            int[] starts = new int[COUNT + 1];
            number(numbers.segment(), matchable, count, starts);
            DataBuffer order = owned.hold(allocator.allocate(4L * count));
            order(numbers.segment(), count, starts, order.segment());
            int blockRows = blockRows(rows);
            for (int p = 0; p < COUNT; p++) {
                checkCancelled.run();
                for (int from = starts[p]; from < starts[p + 1]; from += blockRows) {
                    int size = Math.min(blockRows, starts[p + 1] - from);
                    MemorySegment picked = order.segment().asSlice(4L * from, 4L * size);
                    try (Batch block = BatchCompactor.gather(rows, picked, size, allocator)) {
                        add(p, writer, block);
                    }
                }
            }
        }
    }

    /// Divides the rows of a partition by the bits of the next level. The caller closes the result.
    public SpilledPartitions divide(RowPartition partition, MemoryAllocator allocator) {
        SpilledPartitions divided =
                new SpilledPartitions(division, level + 1, spill, onWrite, checkCancelled);
        try (SpillableRows rows = new SpillableRows(divided, true, (_, _) -> {}, allocator)) {
            for (SpillBlock block : partition.blocks()) {
                checkCancelled.run();
                try (Batch batch = reader.read(block, allocator)) {
                    rows.add(batch);
                }
                if (rows.bytes() >= segmentBytes() / 2) {
                    spill.arbiter().spillNow(rows);
                }
            }
            spill.arbiter().spillNow(rows);
        } catch (RuntimeException | Error e) {
            divided.close();
            throw e;
        }
        return divided;
    }

    private int blockRows(Batch rows) {
        long rowBytes = RowBytes.estimate(rows, rows.rowCount()) / rows.rowCount() + 1;
        return Math.clamp(spill.blockBytes() / rowBytes, MIN_BLOCK_ROWS, MAX_BLOCK_ROWS);
    }

    private void add(int partition, SpillWriter writer, Batch block) {
        var written = writer.write(block);
        synchronized (this) {
            partitions.get(partition).add(written);
        }
    }

    /// Replaces hashes by numbers of partitions, COUNT for rows to drop, and counts them.
    private void number(
            MemorySegment hashes, @Nullable DataBuffer matchable, int count, int[] starts) {
        int unmatchable = 0;
        for (int i = 0; i < count; i++) {
            int number = partitionOf(hashes.get(LONG, 8L * i));
            if (matchable != null && !Bitmap.get(matchable.segment(), i)) {
                number = division.keepsUnmatchable() ? unmatchable & COUNT - 1 : COUNT;
                unmatchable++;
            }
            hashes.set(LONG, 8L * i, number);
            if (number < COUNT) {
                starts[number + 1]++;
            }
        }
        for (int p = 0; p < COUNT; p++) {
            starts[p + 1] += starts[p];
        }
        unmatchableRows.addAndGet(unmatchable);
    }

    private static void order(MemorySegment numbers, int count, int[] starts, MemorySegment order) {
        int[] next = starts.clone();
        for (int i = 0; i < count; i++) {
            int number = (int) numbers.get(LONG, 8L * i);
            if (number < COUNT) {
                order.set(INT, 4L * next[number]++, i);
            }
        }
    }

    /// Deletes the file; idempotent.
    @Override
    public void close() {
        file.close();
    }
}
