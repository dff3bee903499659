package io.neuralake.exec.operator.join;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.operator.TestContext;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.RandomColumns;
import io.neuralake.exec.row.RandomColumns.Form;
import io.neuralake.exec.spill.SpillFixture;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.connector.ReadResult;
import io.neuralake.spi.memory.ArrowAllocator;
import io.neuralake.spi.memory.LimitedReservation;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;

import org.apache.arrow.memory.RootAllocator;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Runs the operators of one join with several workers over random batches, under an allocator that
/// must be empty at the end.
final class JoinFixture implements AutoCloseable {
    final RootAllocator root = new RootAllocator();
    final LimitedReservation reservation;
    final MemoryAllocator allocator;
    final SpillFixture spill;
    final RandomColumns columns;
    final Random random;

    JoinFixture(long seed, long limitBytes) {
        this(seed, limitBytes, SpillFixture.asConfigured());
    }

    JoinFixture(long seed, long limitBytes, SpillFixture spill) {
        this.spill = spill;
        this.random = new Random(seed);
        this.columns = new RandomColumns(seed);
        this.reservation = new LimitedReservation("test", limitBytes, null);
        this.allocator = new ArrowAllocator(root, reservation);
    }

    @Override
    public void close() {
        spill.close();
        assertThat(reservation.reservedBytes()).as("bytes leaked").isZero();
        root.close();
    }

    /// A join's operators.
    record Operators(
            SinkOperator sink,
            StreamingOperator probe,
            Optional<SourceOperator> unmatched,
            Optional<Spilled> spilled) {
        Operators(SinkOperator sink, StreamingOperator probe, Optional<SourceOperator> unmatched) {
            this(sink, probe, unmatched, Optional.empty());
        }
    }

    /// What joins rows that were spilled.
    record Spilled(SourceOperator rows, StreamingOperator probe) {}

    /// Returns what a worker is given.
    WorkerContext context(int batchRows, int workerIndex, int workerCount) {
        return new TestContext(allocator, spill.query(), batchRows, workerIndex, workerCount);
    }

    /// Makes batches of random forms, some with a selection; every second batch at most has nulls.
    List<Batch> batches(Schema schema, int rows, int batchRows, double nullRate, int distinct) {
        List<Batch> batches = new ArrayList<>();
        for (int left = rows; left > 0; left -= batchRows) {
            int count = Math.min(left, batchRows);
            Column[] made = new Column[schema.size()];
            for (int c = 0; c < made.length; c++) {
                Field field = schema.field(c);
                Form form = random.nextInt(3) > 0 ? Form.PLAIN : Form.values()[random.nextInt(4)];
                made[c] =
                        columns.column(
                                allocator,
                                field.type(),
                                form,
                                count,
                                field.nullable() ? nullRate : 0,
                                distinct);
            }
            double rate = new double[] {1, 1, 0.7, 0.1}[random.nextInt(4)];
            DataBuffer selection = columns.bitmap(allocator, count, rate);
            batches.add(
                    selection == null
                            ? Batch.of(count, made)
                            : Batch.selected(
                                    count,
                                    made,
                                    selection,
                                    Bitmap.count(selection.segment(), count)));
        }
        return batches;
    }

    /// Returns the selected rows.
    static List<List<@Nullable Object>> rows(List<Batch> batches) {
        List<List<@Nullable Object>> rows = new ArrayList<>();
        for (Batch batch : batches) {
            int count = 0;
            for (int row = 0; row < batch.rowCount(); row++) {
                if (RowInterpreter.selected(batch, row)) {
                    rows.add(RowInterpreter.row(batch, row));
                    count++;
                }
            }
            assertThat(batch.selectedCount()).isEqualTo(count);
        }
        return rows;
    }

    /// Runs a join and returns its rows. The input batches are consumed; the operators are closed.
    List<List<@Nullable Object>> run(
            Operators join, List<Batch> probe, List<Batch> build, int batchRows, int workers) {
        List<List<@Nullable Object>> result = Collections.synchronizedList(new ArrayList<>());
        List<Batch> probeLeft = new ArrayList<>(probe);
        List<Batch> buildLeft = new ArrayList<>(build);
        try {
            parallel(batchRows, workers, context -> build(join.sink(), buildLeft, context));
            join.sink().finish();
            parallel(
                    batchRows, workers, context -> probe(join.probe(), probeLeft, context, result));
            if (join.unmatched().isPresent()) {
                SourceOperator source = join.unmatched().get();
                parallel(batchRows, workers, context -> drain(source, context, result));
                source.close();
            }
            if (join.spilled().isPresent() && join.spilled().get().rows().hasWork()) {
                Spilled spilled = join.spilled().get();
                parallel(batchRows, workers, context -> drain(spilled, context, result));
            }
        } finally {
            join.probe().close();
            join.sink().close();
            probeLeft.forEach(Batch::close);
            buildLeft.forEach(Batch::close);
        }
        return result;
    }

    private interface Work {
        void run(WorkerContext context);
    }

    private void parallel(int batchRows, int workers, Work work) {
        List<FutureTask<@Nullable Void>> tasks = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            WorkerContext context = context(batchRows, i, workers);
            FutureTask<@Nullable Void> task = new FutureTask<>(() -> work.run(context), null);
            tasks.add(task);
            Thread.ofPlatform().daemon().start(task);
        }
        RuntimeException failure = null;
        for (FutureTask<@Nullable Void> task : tasks) {
            try {
                task.get();
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException cause) {
                    failure = cause;
                } else {
                    throw new IllegalStateException(e.getCause());
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private static @Nullable Batch take(List<Batch> batches) {
        synchronized (batches) {
            return batches.isEmpty() ? null : batches.removeFirst();
        }
    }

    private static void build(SinkOperator sink, List<Batch> batches, WorkerContext context) {
        try (SinkWorker worker = sink.newWorker(context)) {
            for (Batch batch = take(batches); batch != null; batch = take(batches)) {
                worker.consume(batch);
            }
            worker.combine();
        }
    }

    private static void probe(
            StreamingOperator operator,
            List<Batch> batches,
            WorkerContext context,
            List<List<@Nullable Object>> result) {
        try (StreamingWorker worker = operator.newWorker(context)) {
            for (Batch batch = take(batches); batch != null; batch = take(batches)) {
                if (worker.process(batch, out -> collect(out, context, result))
                        == StreamingWorker.Status.DONE) {
                    break;
                }
            }
            worker.finish(out -> collect(out, context, result));
        }
    }

    private static void drain(
            SourceOperator source, WorkerContext context, List<List<@Nullable Object>> result) {
        try (SourceWorker worker = source.newWorker(context)) {
            while (worker.produce() instanceof ReadResult.Ready ready) {
                collect(ready.batch(), context, result);
            }
        }
    }

    private static void drain(
            Spilled spilled, WorkerContext context, List<List<@Nullable Object>> result) {
        try (StreamingWorker probe = spilled.probe().newWorker(context);
                SourceWorker worker = spilled.rows().newWorker(context)) {
            while (worker.produce() instanceof ReadResult.Ready ready) {
                probe.process(ready.batch(), out -> collect(out, context, result));
            }
        }
    }

    private static void collect(
            Batch batch, WorkerContext context, List<List<@Nullable Object>> result) {
        try (batch) {
            assertThat(batch.selectedCount()).isPositive();
            result.addAll(rows(List.of(batch)));
        }
    }
}
