package io.neuralake.exec.row;

import io.neuralake.spi.batch.Column;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Collects columns of many batches and makes one contiguous column of them. Whole columns are
/// retained, not copied, until [#finish] copies each value once; small ones are merged on the way, so
/// that many tiny batches cost no more than a few large ones. Strings stay where they are. Belongs to
/// one thread at a time.
public final class ColumnAppender implements AutoCloseable {
    /// Parts of fewer rows are merged.
    private static final int SMALL_ROWS = 2048;

    /// Small parts merged at a time.
    private static final int FAN_IN = 32;

    private final Type type;
    private final MemoryAllocator allocator;
    private final List<Column> parts = new ArrayList<>();
    private long rowCount;
    private int trailingSmall;

    /// Collects values of `type`.
    public ColumnAppender(Type type, MemoryAllocator allocator) {
        this.type = type;
        this.allocator = allocator;
    }

    /// Returns the rows collected.
    public long rowCount() {
        return rowCount;
    }

    /// Adds all rows of the column, which stays the caller's (it is retained).
    public void append(Column column) {
        if (column.rowCount() > 0) {
            take(column.retain());
        }
    }

    /// Adds `count` rows of the column, picked by int32 index.
    public void append(Column column, MemorySegment indexes, int count) {
        if (count > 0) {
            take(ColumnGather.gather(column, indexes, count, allocator));
        }
    }

    /// Adds all that `other` collected, behind what is here, and leaves it empty.
    public void appendAll(ColumnAppender other) {
        parts.addAll(other.parts);
        rowCount += other.rowCount;
        trailingSmall = 0;
        other.parts.clear();
        other.rowCount = 0;
        other.trailingSmall = 0;
    }

    /// Returns one column of all rows, which the caller owns, and leaves the appender empty. Its form is
    /// that of [ColumnConcat#concat].
    public Column finish() {
        Column result = ColumnConcat.concat(type, parts, allocator);
        close();
        return result;
    }

    /// Releases what was collected; idempotent.
    @Override
    public void close() {
        parts.forEach(Column::release);
        parts.clear();
        rowCount = 0;
        trailingSmall = 0;
    }

    /// Takes ownership of the column.
    private void take(Column column) {
        parts.add(column);
        rowCount += column.rowCount();
        trailingSmall = column.rowCount() < SMALL_ROWS ? trailingSmall + 1 : 0;
        if (trailingSmall == FAN_IN) {
            mergeTail();
        }
    }

    private void mergeTail() {
        List<Column> tail = parts.subList(parts.size() - FAN_IN, parts.size());
        Column merged = ColumnConcat.concat(type, tail, allocator);
        tail.forEach(Column::release);
        tail.clear();
        parts.add(merged);
        trailingSmall = merged.rowCount() < SMALL_ROWS ? 1 : 0;
    }
}
