package io.neuralake.exec.operator.shared;

import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.exec.row.BatchSelection;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Keeps the batches of a common sub-plan and hands them to any number of readers; columns are
/// shared, not copied. One instance an execution.
public final class SharedOperation implements AutoCloseable {
    private final List<Batch> batches = new ArrayList<>();

    /// Returns what takes the input.
    public SinkOperator sink() {
        return new Sink();
    }

    /// Returns a reader of all batches; one for each reference of the sub-plan.
    public SourceOperator source() {
        return new Source();
    }

    private synchronized void addAll(List<Batch> part) {
        batches.addAll(part);
    }

    private synchronized List<Batch> all() {
        return List.copyOf(batches);
    }

    @Override
    public synchronized void close() {
        batches.forEach(Batch::close);
        batches.clear();
    }

    private final class Sink implements SinkOperator {
        @Override
        public SinkWorker newWorker(WorkerContext context) {
            return new Collector(context);
        }

        @Override
        public void finish() {}

        @Override
        public void close() {}
    }

    private final class Collector implements SinkWorker {
        private final WorkerContext context;
        private final List<Batch> collected = new ArrayList<>();

        private Collector(WorkerContext context) {
            this.context = context;
        }

        @Override
        public Status consume(Batch input) {
            if (input.selectedCount() == 0) {
                input.close();
            } else if (input.selectedCount() < input.rowCount() / 2) {
                try (input) { // kept for long: not worth the memory of rows that do not count
                    collected.add(BatchCompactor.compact(input, context.allocator()));
                }
            } else {
                collected.add(input);
            }
            return Status.NEED_INPUT;
        }

        @Override
        public void combine() {
            addAll(collected);
            collected.clear();
        }

        @Override
        public void close() {
            collected.forEach(Batch::close);
            collected.clear();
        }
    }

    private final class Source implements SourceOperator {
        private final AtomicInteger next = new AtomicInteger();

        @Override
        public SourceWorker newWorker(WorkerContext context) {
            List<Batch> all = all();
            return new SourceWorker() {
                @Override
                public ReadResult produce() {
                    int index = next.getAndIncrement();
                    return index < all.size()
                            ? new ReadResult.Ready(BatchSelection.share(all.get(index)))
                            : ReadResult.Finished.INSTANCE;
                }

                @Override
                public void close() {}
            };
        }
    }
}
