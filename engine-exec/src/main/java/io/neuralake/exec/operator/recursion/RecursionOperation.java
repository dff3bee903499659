package io.neuralake.exec.operator.recursion;

import io.neuralake.exec.operator.BatchCollector;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.plan.PhysicalPlan.RecursiveUnion;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Runs a recursive union. Rows of a round are handed on before the next round is started, and that
/// only when somebody asks for more, so that a LIMIT ends a recursion without end. One instance an
/// execution.
public final class RecursionOperation implements AutoCloseable {
    private final RecursiveUnion node;
    private final Supplier<CompletableFuture<?>> round;

    /// What seed or step have brought and nobody has looked at.
    private List<Batch> collected = new ArrayList<>();

    /// What the step of the running round reads.
    private List<Batch> workTable = new ArrayList<>();

    /// What the step of the next round is to read.
    private List<Batch> fresh = new ArrayList<>();

    /// Prepares a recursion.
    ///
    /// @param round runs the step once, from [#workTable] into [#sink]; its future is completed when
    ///     all rows are there
    public RecursionOperation(RecursiveUnion node, Supplier<CompletableFuture<?>> round) {
        this.node = node;
        this.round = round;
    }

    /// Returns what takes the rows of the seed, or of a round.
    public SinkOperator sink() {
        return new BatchCollector(this::collect);
    }

    /// Returns a reader of the work table; one for each reference in the step and for each round.
    public SourceOperator workTable() {
        return new WorkTable();
    }

    /// Returns the result, which drives the rounds. The seed must be complete before it starts.
    public SourceOperator source() {
        return new Source();
    }

    private synchronized void collect(List<Batch> batches) {
        collected.addAll(batches);
    }

    private synchronized List<Batch> takeCollected() {
        List<Batch> taken = collected;
        collected = new ArrayList<>();
        return taken;
    }

    private synchronized void keepForNextRound(Batch batch) {
        fresh.add(batch);
    }

    /// Returns false when there is nothing for another round.
    private synchronized boolean beginRound() {
        workTable.forEach(Batch::close);
        workTable = fresh;
        fresh = new ArrayList<>();
        return !workTable.isEmpty();
    }

    private synchronized List<Batch> work() {
        return List.copyOf(workTable);
    }

    @Override
    public synchronized void close() {
        for (List<Batch> batches : List.of(collected, workTable, fresh)) {
            batches.forEach(Batch::close);
            batches.clear();
        }
    }

    private final class WorkTable implements SourceOperator {
        private final AtomicInteger next = new AtomicInteger();

        @Override
        public SourceWorker newWorker(WorkerContext context) {
            List<Batch> work = work();
            return new SourceWorker() {
                @Override
                public ReadResult produce() {
                    int index = next.getAndIncrement();
                    return index < work.size()
                            ? new ReadResult.Ready(BatchSelection.share(work.get(index)))
                            : ReadResult.Finished.INSTANCE;
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public int maxWorkers() {
            return Math.max(1, work().size());
        }
    }

    private final class Source implements SourceOperator {
        @Override
        public int maxWorkers() {
            return 1;
        }

        @Override
        public SourceWorker newWorker(WorkerContext context) {
            return new Reader(context);
        }
    }

    private final class Reader implements SourceWorker {
        private final WorkerContext context;
        private final Deque<Batch> unread = new ArrayDeque<>();
        private final @Nullable SeenRows seen;
        private CompletableFuture<?> running = CompletableFuture.completedFuture(null);

        private Reader(WorkerContext context) {
            this.context = context;
            this.seen = node.distinct() ? new SeenRows(node.schema(), context.allocator()) : null;
        }

        @Override
        public ReadResult produce() {
            while (true) {
                context.checkCancelled();
                if (!running.isDone()) {
                    return new ReadResult.Blocked(running);
                }
                unread.addAll(takeCollected());
                while (!unread.isEmpty()) {
                    Batch batch = unread.remove();
                    if (seen != null) {
                        batch = seen.unseen(batch);
                    }
                    if (batch.selectedCount() > 0) {
                        keepForNextRound(BatchSelection.share(batch));
                        return new ReadResult.Ready(batch);
                    }
                    batch.close();
                }
                if (!beginRound()) {
                    return ReadResult.Finished.INSTANCE;
                }
                context.count("rounds", 1);
                running = round.get();
            }
        }

        @Override
        public void close() {
            unread.forEach(Batch::close);
            unread.clear();
            if (seen != null) {
                seen.close();
            }
        }
    }
}
