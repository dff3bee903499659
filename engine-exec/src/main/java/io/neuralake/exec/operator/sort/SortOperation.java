package io.neuralake.exec.operator.sort;

import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.exec.row.ColumnAppender;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// Sorts all rows of its input, or finds the first of them, in phases that the pipeline builder
/// strings together: [#sink] collects; [#gatherColumns] makes each column contiguous, a column a
/// morsel; [#sortChunks] sorts chunks of rows, a chunk a morsel; [#source] merges the chunks and
/// emits rows in order, with one worker. One instance an execution.
///
/// Keys are packed into 64-bit words by the range of their values and radix-sorted; see [KeyLevels].
public final class SortOperation implements AutoCloseable {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final int MIN_CHUNK_ROWS = 64 * 1024;

    private final Schema schema;
    private final List<SortKey> keys;
    private final long limit;
    private final long offset;
    private final @Nullable TopThreshold threshold;
    private final List<ColumnAppender[]> collected = new ArrayList<>();
    private final AtomicInteger nextColumn = new AtomicInteger();
    private final AtomicInteger nextChunk = new AtomicInteger();
    private final @Nullable Column[] columns;
    private List<Column> keyColumns = List.of();
    private List<KeyLevel> levels = List.of();
    private long rowsCollected;
    private int workers = 1;
    private int rowCount;
    private int chunkRows = 1;
    private @Nullable DataBuffer rows;
    private @Nullable DataBuffer words;

    private SortOperation(Schema schema, List<SortKey> keys, long limit, long offset) {
        this.schema = schema;
        this.keys = keys;
        this.limit = limit;
        this.offset = offset;
        this.columns = new Column[schema.size()];
        this.threshold =
                TopThreshold.worthwhile(schema, keys, limit, offset)
                        ? new TopThreshold(schema, keys, (int) (limit + offset))
                        : null;
    }

    /// Sorts everything.
    public static SortOperation of(PhysicalPlan.Sort node) {
        return new SortOperation(node.schema(), node.keys(), Long.MAX_VALUE, 0);
    }

    /// Finds the rows of number `offset` up to `offset + limit` in the order.
    public static SortOperation of(PhysicalPlan.TopN node, long limit, long offset) {
        return new SortOperation(node.schema(), node.keys(), limit, offset);
    }

    /// Returns what takes the input.
    public SinkOperator sink() {
        return new SinkOperator() {
            @Override
            public SinkWorker newWorker(WorkerContext context) {
                synchronized (SortOperation.this) {
                    workers = Math.max(workers, context.workerCount());
                }
                TopThreshold top = threshold;
                return top == null
                        ? new SortCollector(schema, context, SortOperation.this::collect)
                        : new TopCollector(schema, context, top, SortOperation.this::collect);
            }

            @Override
            public void finish() {
                checkRowCount();
            }

            @Override
            public void close() {
                SortOperation.this.close();
            }
        };
    }

    private synchronized void collect(ColumnAppender[] part, long partRows) {
        collected.add(part);
        rowsCollected += partRows;
    }

    private synchronized void checkRowCount() {
        if (rowsCollected > Integer.MAX_VALUE) {
            throw new NeuralakeException(
                    ErrorCode.OUT_OF_MEMORY, "Too many rows to sort in memory: " + rowsCollected);
        }
        rowCount = (int) rowsCollected;
    }

    /// Returns the phase that makes columns contiguous. Yields nothing.
    public SourceOperator gatherColumns() {
        return context ->
                new Phase(
                        () -> {
                            int column = nextColumn.getAndIncrement();
                            if (column < columns.length && rowCount > 0) {
                                columns[column] = concatenate(column);
                                return true;
                            }
                            return false;
                        });
    }

    private Column concatenate(int column) {
        ColumnAppender all = collected.getFirst()[column];
        for (ColumnAppender[] part : collected.subList(1, collected.size())) {
            all.appendAll(part[column]);
        }
        return all.finish();
    }

    /// Plans the chunks; single-threaded, between the two phases.
    ///
    /// @param allocator holds the state until [#close]
    public void layOut(MemoryAllocator allocator) {
        if (rowCount == 0) {
            return;
        }
        keyColumns = SortColumns.keys(keys, List.of(gathered()), allocator);
        levels = KeyLevels.of(keys, keyColumns, rowCount);
        rows = allocator.allocate(4L * rowCount);
        words = allocator.allocate(8L * rowCount);
        int chunks = Math.clamp(rowCount / MIN_CHUNK_ROWS, 1, workers);
        chunkRows = (rowCount + chunks - 1) / chunks;
    }

    /// Returns the phase that sorts chunks. Yields nothing.
    public SourceOperator sortChunks() {
        return context ->
                new Phase(
                        () -> {
                            int chunk = nextChunk.getAndIncrement();
                            if ((long) chunk * chunkRows < rowCount) {
                                sortChunk(chunk, context);
                                return true;
                            }
                            return false;
                        });
    }

    private void sortChunk(int chunk, WorkerContext context) {
        int from = chunk * chunkRows;
        int count = Math.min(chunkRows, rowCount - from);
        MemorySegment chunkOfRows = segment(rows).asSlice(4L * from, 4L * count);
        for (int i = 0; i < count; i++) {
            chunkOfRows.set(INT, 4L * i, from + i);
        }
        try (RowSorter sorter =
                new RowSorter(levels, context.allocator(), context::checkCancelled)) {
            sorter.sort(chunkOfRows, segment(words).asSlice(8L * from, 8L * count), count);
        }
    }

    private static MemorySegment segment(@Nullable DataBuffer buffer) {
        if (buffer == null) {
            throw new IllegalStateException("Sort was not laid out");
        }
        return buffer.segment();
    }

    /// Returns what emits the rows in order.
    public SourceOperator source() {
        return new SourceOperator() {
            @Override
            public int maxWorkers() {
                return 1;
            }

            @Override
            public SourceWorker newWorker(WorkerContext context) {
                return rowCount == 0
                        ? new Phase(() -> false)
                        : new SortedRows(
                                context,
                                BatchSelection.share(Batch.of(rowCount, gathered())),
                                new ChunkMerge(
                                        levels, segment(rows), segment(words), rowCount, chunkRows),
                                offset,
                                limit);
            }
        };
    }

    /// Returns the columns, which stay this operation's.
    private Column[] gathered() {
        Column[] all = new Column[columns.length];
        for (int i = 0; i < all.length; i++) {
            Column column = columns[i];
            if (column == null) {
                throw new IllegalStateException("Columns were not gathered");
            }
            all[i] = column;
        }
        return all;
    }

    @Override
    public synchronized void close() {
        for (ColumnAppender[] part : collected) {
            for (ColumnAppender appender : part) {
                appender.close();
            }
        }
        collected.clear();
        for (int i = 0; i < columns.length; i++) {
            Column column = columns[i];
            if (column != null) {
                column.release();
                columns[i] = null;
            }
        }
        keyColumns.forEach(Column::release);
        keyColumns = List.of();
        if (rows != null) {
            rows.release();
            rows = null;
        }
        if (words != null) {
            words.release();
            words = null;
        }
    }

    /// Does morsels of work until there are none; yields nothing.
    private record Phase(Morsel morsel) implements SourceWorker {
        @Override
        public ReadResult produce() {
            return morsel.runNext()
                    ? new ReadResult.Blocked(CompletableFuture.completedFuture(null))
                    : ReadResult.Finished.INSTANCE;
        }

        @Override
        public void close() {}
    }

    @FunctionalInterface
    private interface Morsel {
        /// Returns false when nothing was left.
        boolean runNext();
    }
}
