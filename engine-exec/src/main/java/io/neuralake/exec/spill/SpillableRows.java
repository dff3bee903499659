package io.neuralake.exec.spill;

import io.neuralake.exec.row.BatchAppender;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.Spillable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;

/// Rows that one worker has collected, in segments of a size that can be divided when memory is
/// short. Belongs to whoever has its turn.
public final class SpillableRows implements Spillable, AutoCloseable {
    private final SpilledPartitions target;
    private final boolean spillable;
    private final SegmentObserver observer;
    private final MemoryAllocator allocator;
    private final Deque<BatchAppender> segments = new ArrayDeque<>();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong rowCount = new AtomicLong();
    private long lastBytes;

    /// Is shown what is about to be spilled.
    @FunctionalInterface
    public interface SegmentObserver {
        /// Looks at rows, which stay the caller's. Called by several threads.
        void see(Batch rows, MemoryAllocator allocator);
    }

    /// Collects rows of the target's schema.
    ///
    /// @param spillable whether rows may move to `target`
    public SpillableRows(
            SpilledPartitions target,
            boolean spillable,
            SegmentObserver observer,
            MemoryAllocator allocator) {
        this.target = target;
        this.spillable = spillable;
        this.observer = observer;
        this.allocator = allocator;
    }

    /// Returns the rows that are in memory.
    public long rowCount() {
        return rowCount.get();
    }

    /// Returns about the bytes of the rows that are in memory.
    public long bytes() {
        return bytes.get();
    }

    /// Adds the selected rows of a batch, which stays the caller's.
    public void add(Batch batch) {
        if (batch.selectedCount() > 0) {
            open().append(batch);
            count(batch, batch.selectedCount());
        }
    }

    /// Adds rows of a batch, picked by int32 index.
    public void add(Batch batch, MemorySegment indexes, int count) {
        if (count > 0) {
            open().append(batch, indexes, count);
            count(batch, count);
        }
    }

    private void count(Batch batch, int count) {
        long added = RowBytes.estimate(batch, count);
        lastBytes += added;
        bytes.addAndGet(added);
        rowCount.addAndGet(count);
    }

    private BatchAppender open() {
        if (!segments.isEmpty() && lastBytes < target.segmentBytes()) {
            return segments.getLast();
        }
        BatchAppender opened = new BatchAppender(target.division().schema(), allocator);
        segments.add(opened);
        lastBytes = 0;
        return opened;
    }

    /// Moves all rows behind those of `all`.
    public void moveTo(BatchAppender all) {
        segments.forEach(all::appendAll);
        close();
    }

    @Override
    public long spillableBytes() {
        return spillable ? bytes.get() : 0;
    }

    /// Divides and writes everything.
    @Override
    public long spill(long targetBytes) {
        long freed = bytes.get();
        while (!segments.isEmpty()) {
            try (BatchAppender segment = segments.removeFirst();
                    Batch rows = segment.finish()) {
                observer.see(rows, allocator);
                target.write(rows, allocator);
            }
        }
        forget();
        return freed;
    }

    private void forget() {
        bytes.set(0);
        rowCount.set(0);
        lastBytes = 0;
    }

    /// Frees the rows; idempotent.
    @Override
    public void close() {
        segments.forEach(BatchAppender::close);
        segments.clear();
        forget();
    }
}
