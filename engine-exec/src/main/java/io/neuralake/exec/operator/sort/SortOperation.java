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
import io.neuralake.exec.spill.SpillArbiter;
import io.neuralake.exec.spill.SpillTurn;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.memory.NativeMemory;
import io.neuralake.spi.type.Schema;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// Sorts all rows of its input, or finds the first of them, in phases that the pipeline builder
/// strings together: [#sink] collects; [#gatherColumns] makes each column contiguous, a column a
/// morsel; [#sortChunks] sorts chunks of rows, a chunk a morsel; [#source] merges the chunks and
/// emits rows in order, with one worker. One instance an execution.
///
/// When memory is short, what was collected is sorted and written as runs, and so is the rest at the
/// end; the source then merges the runs.
///
/// Keys are packed into 64-bit words by the range of their values and radix-sorted; see [KeyLevels].
public final class SortOperation implements AutoCloseable {
    private static final int MIN_CHUNK_ROWS = 64 * 1024;

    private final Schema schema;
    private final List<SortKey> keys;
    private final long limit;
    private final long offset;
    private final @Nullable TopThreshold threshold;
    private final List<SortBuffer> collected = new ArrayList<>();
    private final List<SpillTurn> turns = new ArrayList<>();
    private final AtomicInteger nextPart = new AtomicInteger();
    private final AtomicInteger nextChunk = new AtomicInteger();
    private final @Nullable Column[] columns;
    private List<Column> keyColumns = List.of();
    private List<KeyLevel> levels = List.of();
    private @Nullable SpilledRuns runs;
    private boolean prepared;
    private boolean spilled;
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
                SpilledRuns runsOfAll = open(context);
                TopThreshold top = threshold;
                return top == null
                        ? new SortCollector(schema, context, runsOfAll, SortOperation.this::collect)
                        : new TopCollector(
                                schema, context, top, runsOfAll, SortOperation.this::collect);
            }

            @Override
            public void finish() {}

            @Override
            public void close() {
                SortOperation.this.close();
            }
        };
    }

    private synchronized SpilledRuns open(WorkerContext context) {
        workers = Math.max(workers, context.workerCount());
        SpilledRuns made = runs;
        if (made == null) {
            made = new SpilledRuns(schema, keys, context);
            runs = made;
        }
        return made;
    }

    private synchronized void collect(SortBuffer rowsOfWorker, SpillTurn turn) {
        collected.add(rowsOfWorker);
        turns.add(turn);
    }

    /// Decides once, when all is collected, whether to sort in memory. From now on nobody else spills
    /// what was collected.
    private synchronized void prepare(SpillArbiter arbiter) {
        if (prepared) {
            return;
        }
        prepared = true;
        long sortingBytes = collected.stream().mapToLong(SortBuffer::sortingBytes).sum();
        if (sortingBytes > 0 && !arbiter.fits(sortingBytes)) {
            arbiter.makeRoom(sortingBytes);
        }
        turns.forEach(SpillTurn::close);
        turns.clear();
        long count = collected.stream().mapToLong(SortBuffer::rowCount).sum();
        spilled =
                runs != null && !runs.isEmpty()
                        || count > Integer.MAX_VALUE
                        || count > 0 && !arbiter.fits(sortingBytes);
        rowCount = spilled ? 0 : (int) count;
    }

    /// Returns the phase that makes columns contiguous, or writes what is left in memory of a sort that
    /// spilled. Yields nothing.
    public SourceOperator gatherColumns() {
        return context ->
                new Phase(
                        () -> {
                            prepare(context.spill().arbiter());
                            int part = nextPart.getAndIncrement();
                            return spilled
                                    ? spillPart(part, context.spill().arbiter())
                                    : gatherColumn(part, context.allocator());
                        });
    }

    private boolean spillPart(int part, SpillArbiter arbiter) {
        if (part >= collected.size()) {
            return false;
        }
        if (collected.get(part).rowCount() > 0) {
            arbiter.spillNow(collected.get(part));
        }
        return true;
    }

    private boolean gatherColumn(int column, MemoryAllocator allocator) {
        if (column >= columns.length || rowCount == 0) {
            return false;
        }
        try (ColumnAppender all = new ColumnAppender(schema.field(column).type(), allocator)) {
            for (SortBuffer part : collected) {
                part.moveColumn(column, all);
            }
            columns[column] = all.finish();
        }
        return true;
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
            NativeMemory.setInt(chunkOfRows, 4L * i, from + i);
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
                SpilledRuns onDisk = runs;
                if (spilled && onDisk != null) {
                    return new SpilledRows(context, schema, keys, onDisk, offset, limit);
                }
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
        turns.forEach(SpillTurn::close);
        turns.clear();
        collected.forEach(SortBuffer::close);
        collected.clear();
        if (runs != null) {
            runs.close();
        }
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
