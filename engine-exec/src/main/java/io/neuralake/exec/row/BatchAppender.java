package io.neuralake.exec.row;

import io.neuralake.exec.scheduler.WorkSharing;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Collects batches, one [ColumnAppender] a column, and makes one large batch of them. Belongs to one
/// thread at a time.
public final class BatchAppender implements AutoCloseable {
    private final MemoryAllocator allocator;
    private final List<ColumnAppender> appenders = new ArrayList<>();
    private long rowCount;

    /// Collects batches of `schema`.
    public BatchAppender(Schema schema, MemoryAllocator allocator) {
        this.allocator = allocator;
        for (Field field : schema.fields()) {
            appenders.add(new ColumnAppender(field.type(), allocator));
        }
    }

    /// Returns the rows collected.
    public long rowCount() {
        return rowCount;
    }

    /// Adds the selected rows of the batch, which stays the caller's.
    public void append(Batch batch) {
        DataBuffer selection = batch.selection();
        if (selection == null || batch.selectedCount() == batch.rowCount()) {
            for (int i = 0; i < appenders.size(); i++) {
                appenders.get(i).append(batch.column(i));
            }
            rowCount += batch.rowCount();
            return;
        }
        DataBuffer indexes = allocator.allocate((long) batch.rowCount() << 2);
        try {
            int count = Bitmap.toIndexes(selection.segment(), batch.rowCount(), indexes.segment());
            append(batch, indexes.segment(), count);
        } finally {
            indexes.release();
        }
    }

    /// Adds `count` rows of the batch, picked by int32 index whatever its selection.
    public void append(Batch batch, MemorySegment indexes, int count) {
        for (int i = 0; i < appenders.size(); i++) {
            appenders.get(i).append(batch.column(i), indexes, count);
        }
        rowCount += count;
    }

    /// Adds all that `other` collected, behind what is here, and leaves it empty.
    public void appendAll(BatchAppender other) {
        for (int i = 0; i < appenders.size(); i++) {
            appenders.get(i).appendAll(other.appenders.get(i));
        }
        rowCount += other.rowCount;
        other.rowCount = 0;
    }

    /// Returns one batch of all rows, without selection, which the caller owns, and leaves the
    /// appender empty. Throws OUT_OF_MEMORY beyond 2^31 - 1 rows.
    public Batch finish() {
        return finish(WorkSharing.ALONE);
    }

    /// As [#finish()], each column by another thread where that is worth it.
    public Batch finish(WorkSharing sharing) {
        if (rowCount > Integer.MAX_VALUE) {
            throw new NeuralakeException(
                    ErrorCode.OUT_OF_MEMORY, "Too many rows to hold in memory: " + rowCount);
        }
        try (Ownership owned = new Ownership()) {
            Column[] columns = new Column[appenders.size()];
            List<Runnable> pieces = new ArrayList<>(columns.length);
            for (int i = 0; i < columns.length; i++) {
                int column = i;
                pieces.add(() -> columns[column] = hold(owned, appenders.get(column).finish()));
            }
            sharing.forRows(rowCount).run(pieces);
            Batch result = Batch.of((int) rowCount, columns);
            owned.transfer();
            rowCount = 0;
            return result;
        }
    }

    private static Column hold(Ownership owned, Column column) {
        synchronized (owned) {
            return owned.hold(column);
        }
    }

    /// Releases what was collected; idempotent.
    @Override
    public void close() {
        appenders.forEach(ColumnAppender::close);
        rowCount = 0;
    }
}
