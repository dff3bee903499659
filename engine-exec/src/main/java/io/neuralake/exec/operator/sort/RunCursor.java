package io.neuralake.exec.operator.sort;

import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.exec.spill.SpillReader;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Reads a run block by block and stands at its next row. Belongs to one thread.
final class RunCursor implements AutoCloseable {

    private final SortedRun run;
    private final SpillReader reader;
    private final List<SortKey> keys;
    private final MemoryAllocator allocator;
    private final List<Column> keyColumns = new ArrayList<>();
    private @Nullable Batch block;
    private @Nullable DataBuffer words;
    private MemorySegment wordsOfRows = MemorySegment.NULL;
    private int nextBlock;
    private int row;
    private int rowCount;

    RunCursor(SortedRun run, SpillReader reader, List<SortKey> keys, MemoryAllocator allocator) {
        this.run = run;
        this.reader = reader;
        this.keys = keys;
        this.allocator = allocator;
    }

    /// Reads the next block; false when there is none.
    boolean load() {
        release();
        if (nextBlock == run.blocks().size()) {
            return false;
        }
        Batch read = reader.read(run.blocks().get(nextBlock++), allocator);
        block = read;
        row = 0;
        rowCount = read.rowCount();
        for (SortKey key : keys) {
            keyColumns.add(ColumnFlatten.flatten(read.column(key.column()), allocator));
        }
        DataBuffer made = allocator.allocateZeroed(8L * rowCount);
        words = made;
        wordsOfRows = made.segment();
        if (!keys.isEmpty()) {
            KeyPrefix.words(keyColumns.getFirst(), keys.getFirst(), rowCount, wordsOfRows);
        }
        return true;
    }

    /// Returns the block, which stays the cursor's until [#load].
    Batch block() {
        if (block == null) {
            throw new IllegalStateException("No block");
        }
        return block;
    }

    /// Returns the row of the block.
    int row() {
        return row;
    }

    /// Goes to the next row; false when it is in another block.
    boolean advance() {
        return ++row < rowCount;
    }

    boolean isAtEndOfBlock() {
        return row == rowCount;
    }

    /// Compares the rows of two cursors.
    boolean isBefore(RunCursor other) {
        long mine = NativeMemory.getLong(wordsOfRows, 8L * row);
        long theirs = NativeMemory.getLong(other.wordsOfRows, 8L * other.row);
        return mine != theirs ? Long.compareUnsigned(mine, theirs) < 0 : compareKeys(other) < 0;
    }

    private int compareKeys(RunCursor other) {
        for (int k = 0; k < keys.size(); k++) {
            SortKey key = keys.get(k);
            Column mine = keyColumns.get(k);
            Column theirs = other.keyColumns.get(k);
            boolean mineNull = mine.isNull(row);
            boolean theirsNull = theirs.isNull(other.row);
            if (mineNull || theirsNull) {
                if (mineNull != theirsNull) {
                    return mineNull == key.nullsFirst() ? -1 : 1;
                }
                continue;
            }
            int order = ValueOrder.compareValues(mine, row, theirs, other.row);
            if (order != 0) {
                return key.descending() ? -order : order;
            }
        }
        return 0;
    }

    private void release() {
        keyColumns.forEach(Column::release);
        keyColumns.clear();
        if (words != null) {
            words.release();
            words = null;
        }
        if (block != null) {
            block.close();
            block = null;
        }
        wordsOfRows = MemorySegment.NULL;
        row = 0;
        rowCount = 0;
    }

    @Override
    public void close() {
        release();
    }
}
