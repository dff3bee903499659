package io.neuralake.exec.operator.sort;

import io.neuralake.exec.row.ColumnAppender;
import io.neuralake.exec.row.RowBytes;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.Spillable;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/// The rows that one worker has collected, column by column, in segments of a size that can be sorted
/// when memory is short. Belongs to whoever has its turn.
final class SortBuffer implements Spillable, AutoCloseable {
    /// Bytes a row which sorting takes beside the rows: indexes, words and their copies, plain keys.
    private static final long SORT_BYTES = 40;

    private final Schema schema;
    private final MemoryAllocator allocator;
    private final SpilledRuns runs;
    private final List<ColumnAppender[]> segments = new ArrayList<>();
    private long lastBytes;
    private final AtomicLong bytes = new AtomicLong();
    private long rowCount;

    SortBuffer(Schema schema, MemoryAllocator allocator, SpilledRuns runs) {
        this.schema = schema;
        this.allocator = allocator;
        this.runs = runs;
    }

    /// Returns the rows that are in memory.
    long rowCount() {
        return rowCount;
    }

    /// Returns about how much more it takes to sort the rows that are in memory.
    long sortingBytes() {
        return bytes.get() / 2 + SORT_BYTES * rowCount;
    }

    /// Adds the rows of a selection; the batch stays the caller's.
    void add(Batch input, @Nullable DataBuffer selection, int count) {
        if (count == 0) {
            return;
        }
        ColumnAppender[] appenders = open();
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
        long added = RowBytes.estimate(input, count);
        rowCount += count;
        bytes.addAndGet(added);
        lastBytes += added;
    }

    private ColumnAppender[] open() {
        if (!segments.isEmpty() && lastBytes < runs.segmentBytes()) {
            return segments.getLast();
        }
        ColumnAppender[] created = newAppenders();
        segments.add(created);
        lastBytes = 0;
        return created;
    }

    private ColumnAppender[] newAppenders() {
        ColumnAppender[] created = new ColumnAppender[schema.size()];
        for (int i = 0; i < created.length; i++) {
            created[i] = new ColumnAppender(schema.field(i).type(), allocator);
        }
        return created;
    }

    /// Returns what was collected as columns, which the caller owns, and starts anew.
    Batch takeAll() {
        ColumnAppender[] all = newAppenders();
        for (int i = 0; i < all.length; i++) {
            moveColumn(i, all[i]);
        }
        segments.clear();
        segments.add(all);
        Batch batch = finish(all, rowCount);
        close();
        return batch;
    }

    private static Batch finish(ColumnAppender[] appenders, long rowCount) {
        Column[] columns = new Column[appenders.length];
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
        return Batch.of((int) rowCount, columns);
    }

    /// Moves all rows of a column behind those of `all`.
    void moveColumn(int column, ColumnAppender all) {
        for (ColumnAppender[] segment : segments) {
            all.appendAll(segment[column]);
        }
    }

    @Override
    public long spillableBytes() {
        return bytes.get();
    }

    /// Writes everything, a sorted run a segment.
    @Override
    public long spill(long targetBytes) {
        long freed = bytes.get();
        while (!segments.isEmpty()) {
            ColumnAppender[] segment = segments.removeFirst();
            try {
                long rows = segment.length == 0 ? rowCount : segment[0].rowCount();
                try (Batch batch = finish(segment, rows)) {
                    runs.write(batch, allocator);
                }
            } finally {
                close(segment);
            }
        }
        forget();
        return freed;
    }

    private void forget() {
        bytes.set(0);
        rowCount = 0;
        lastBytes = 0;
    }

    private static void close(ColumnAppender[] segment) {
        for (ColumnAppender appender : segment) {
            appender.close();
        }
    }

    /// Frees the rows; idempotent.
    @Override
    public void close() {
        segments.forEach(SortBuffer::close);
        segments.clear();
        forget();
    }
}
