package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.row.ColumnFlatten;
import io.neuralake.exec.row.ColumnGather;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.batch.StringView;
import io.neuralake.spi.batch.ViewColumn;
import io.neuralake.spi.memory.MemoryAllocator;

import java.lang.foreign.MemorySegment;

/// Copies a few rows out of a batch, with the bytes of their strings, so that they do not keep the
/// batch's memory alive.
final class OwnedColumns {
    private OwnedColumns() {}

    /// Returns `count` rows of the column, which the caller owns.
    ///
    /// @param rows int32 row indexes
    static Column copy(Column column, MemorySegment rows, int count, MemoryAllocator allocator) {
        Column gathered = ColumnGather.gather(column, rows, count, allocator);
        try {
            Column flat = ColumnFlatten.flatten(gathered, allocator);
            if (!(flat instanceof ViewColumn views) || views.heap() == null) {
                return flat;
            }
            try {
                return withOwnBytes(views, allocator);
            } finally {
                flat.release();
            }
        } finally {
            gathered.release();
        }
    }

    private static Column withOwnBytes(ViewColumn column, MemoryAllocator allocator) {
        int count = column.rowCount();
        MemorySegment from = column.views();
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            int length = StringView.length(from, (long) i << 4);
            bytes += length > StringView.MAX_INLINE ? length : 0;
        }
        DataBuffer heap = allocator.allocate(bytes);
        DataBuffer views;
        try {
            views = allocator.allocate((long) count << 4);
        } catch (RuntimeException | Error e) {
            heap.release();
            throw e;
        }
        long at = heap.address();
        for (int i = 0; i < count; i++) {
            int length = StringView.length(from, (long) i << 4);
            long address = StringView.address(from, (long) i << 4);
            if (length > StringView.MAX_INLINE) {
                MemorySegment.copy(StringView.MEMORY, address, StringView.MEMORY, at, length);
                address = at;
                at += length;
            }
            StringView.write(views.segment(), (long) i << 4, address, length);
        }
        DataBuffer validity = column.validity();
        return new ViewColumn(
                column.type(), count, views, heap, validity == null ? null : validity.retain());
    }
}
