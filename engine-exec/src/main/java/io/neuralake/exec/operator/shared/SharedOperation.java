package io.neuralake.exec.operator.shared;

import io.neuralake.exec.operator.BatchCollector;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
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
        return new BatchCollector(this::addAll);
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
