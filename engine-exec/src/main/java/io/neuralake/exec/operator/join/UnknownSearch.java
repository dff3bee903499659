package io.neuralake.exec.operator.join;

import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.List;

/// Finds the probe rows whose comparison with the build side is UNKNOWN as a whole (IN with nulls):
/// no build row is equal, but one would be if a null had the right value. With one key and no
/// condition that is decided at once; else build rows with null keys, and for probe rows with null
/// keys all build rows, are tried one chunk at a time. Belongs to one worker.
final class UnknownSearch implements AutoCloseable {
    private final BuildSide build;
    private final @Nullable PairCondition condition;
    private final WorkerContext context;
    private final Scratch pairs;
    private final Scratch possible;
    private final Scratch participating;

    UnknownSearch(BuildSide build, @Nullable PairCondition condition, WorkerContext context) {
        this.build = build;
        this.condition = condition;
        this.context = context;
        this.pairs = new Scratch(context.allocator());
        this.possible = new Scratch(context.allocator());
        this.participating = new Scratch(context.allocator());
    }

    /// Sets the bits of unknown rows.
    ///
    /// @param undecided bitmap of the selected rows without match
    /// @param unknown receives a subset of it
    /// @return the number of bits set
    int search(Batch probe, List<Column> keys, MemorySegment undecided, MemorySegment unknown) {
        int rowCount = probe.rowCount();
        long bytes = Bitmap.bytes(rowCount);
        MemorySegment complete = participating.get(bytes);
        Bitmap.fill(complete, rowCount);
        for (int k = 0; k < keys.size(); k++) {
            if (!build.keys().nullsEqual().get(k)) {
                KeyNulls.andNotNull(keys.get(k), complete);
            }
        }
        if (condition == null && keys.size() == 1) {
            MemorySegment.copy(undecided, 0, unknown, 0, bytes);
            if (build.nullKeyRows() == 0) {
                return Rows.andNot(unknown, complete, rowCount);
            }
            return Bitmap.count(unknown, rowCount);
        }
        unknown.asSlice(0, bytes).fill((byte) 0);
        int found = 0;
        for (int row = 0; row < rowCount; row++) {
            if (Bitmap.get(undecided, row)) {
                boolean nullsOnly = Bitmap.get(complete, row);
                if ((!nullsOnly || build.nullKeyRows() > 0)
                        && isUnknown(probe, keys, row, nullsOnly)) {
                    Bitmap.set(unknown, row, true);
                    found++;
                }
            }
        }
        return found;
    }

    /// Tells whether some build row, or some build row with a null key, may be equal.
    private boolean isUnknown(Batch probe, List<Column> keys, int row, boolean nullsOnly) {
        int capacity = context.batchRows();
        MemorySegment pair = pairs.get(8L * capacity);
        MemorySegment probeRows = pair.asSlice(0, 4L * capacity);
        MemorySegment buildRows = pair.asSlice(4L * capacity);
        MemorySegment complete = build.keys().participating();
        int rows = build.rows().rowCount();
        int at = 0;
        while (at < rows) {
            context.checkCancelled();
            int count = 0;
            for (; at < rows && count < capacity; at++) {
                if (!nullsOnly || complete != null && !Bitmap.get(complete, at)) {
                    Rows.set(probeRows, count, row);
                    Rows.set(buildRows, count++, at);
                }
            }
            count = filter(keys, probeRows, buildRows, count);
            if (count > 0 && condition != null) {
                count = condition.filterPairs(probe, probeRows, build.rows(), buildRows, count);
            }
            if (count > 0) {
                return true;
            }
        }
        return false;
    }

    private int filter(
            List<Column> keys, MemorySegment probeRows, MemorySegment buildRows, int count) {
        MemorySegment bytes = possible.get(count);
        bytes.asSlice(0, count).fill((byte) 1);
        for (int k = 0; k < keys.size(); k++) {
            Column buildKey = build.keys().columns().get(k);
            if (build.keys().nullsEqual().get(k)) {
                KeyEquality.and(keys.get(k), probeRows, buildKey, buildRows, count, bytes);
            } else {
                KeyEquality.andPossible(keys.get(k), probeRows, buildKey, buildRows, count, bytes);
            }
        }
        int kept = 0;
        for (int i = 0; i < count; i++) {
            Rows.set(probeRows, kept, Rows.get(probeRows, i));
            Rows.set(buildRows, kept, Rows.get(buildRows, i));
            kept += NativeMemory.getByte(bytes, i);
        }
        return kept;
    }

    @Override
    public void close() {
        pairs.close();
        possible.close();
        participating.close();
    }
}
