package io.neuralake.exec.operator.sort;

import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.ColumnAppender;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;

/// Collects one worker's rows, column by column.
class SortCollector implements SinkWorker {
    /// Takes over what a worker collected.
    @FunctionalInterface
    interface Receiver {
        /// Takes ownership of the appenders.
        void accept(ColumnAppender[] columns, long rowCount);
    }

    final Schema schema;
    final MemoryAllocator allocator;
    private final Receiver receiver;
    private ColumnAppender[] appenders;
    private long rowCount;

    SortCollector(Schema schema, WorkerContext context, Receiver receiver) {
        this.schema = schema;
        this.allocator = context.allocator();
        this.receiver = receiver;
        this.appenders = newAppenders();
    }

    private ColumnAppender[] newAppenders() {
        ColumnAppender[] created = new ColumnAppender[schema.size()];
        for (int i = 0; i < created.length; i++) {
            created[i] = new ColumnAppender(schema.field(i).type(), allocator);
        }
        return created;
    }

    long rowCount() {
        return rowCount;
    }

    @Override
    public Status consume(Batch input) {
        try (input) {
            add(input, input.selection(), input.selectedCount());
        }
        return Status.NEED_INPUT;
    }

    /// Adds the rows of a selection; the batch stays the caller's.
    void add(Batch input, @Nullable DataBuffer selection, int count) {
        if (count == 0) {
            return;
        }
        if (selection == null || count == input.rowCount()) {
            for (int i = 0; i < appenders.length; i++) {
                appenders[i].append(input.column(i));
            }
        } else {
            DataBuffer indexes = allocator.allocate(4L * input.rowCount());
            try {
                MemorySegment rows = indexes.segment();
                Bitmap.toIndexes(selection.segment(), input.rowCount(), rows);
                for (int i = 0; i < appenders.length; i++) {
                    appenders[i].append(input.column(i), rows, count);
                }
            } finally {
                indexes.release();
            }
        }
        rowCount += count;
    }

    /// Returns what was collected as columns, which the caller owns, and starts anew.
    Batch takeAll() {
        Column[] columns = new Column[appenders.length];
        int rows = (int) rowCount;
        int done = 0;
        try {
            for (; done < columns.length; done++) {
                columns[done] = appenders[done].finish();
            }
        } catch (RuntimeException | Error e) {
            for (int i = 0; i < done; i++) {
                columns[i].release();
            }
            throw e;
        }
        rowCount = 0;
        return Batch.of(rows, columns);
    }

    @Override
    public void combine() {
        ColumnAppender[] collected = appenders;
        appenders = new ColumnAppender[0];
        receiver.accept(collected, rowCount);
    }

    @Override
    public void close() {
        for (ColumnAppender appender : appenders) {
            appender.close();
        }
    }
}
