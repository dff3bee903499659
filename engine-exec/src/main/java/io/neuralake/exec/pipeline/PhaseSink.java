package io.neuralake.exec.pipeline;

import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.spi.batch.Batch;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// Ends a pipeline that works for its effect and yields no rows.
final class PhaseSink implements SinkOperator {
    private final Consumer<WorkerContext> afterLastWorker;
    private final AtomicInteger combined = new AtomicInteger();

    /// @param afterLastWorker runs as the last worker combines, with that worker's context
    PhaseSink(Consumer<WorkerContext> afterLastWorker) {
        this.afterLastWorker = afterLastWorker;
    }

    @Override
    public SinkWorker newWorker(WorkerContext context) {
        return new SinkWorker() {
            @Override
            public Status consume(Batch input) {
                input.close();
                throw new IllegalStateException("A phase yields no rows");
            }

            @Override
            public void combine() {
                if (combined.incrementAndGet() == context.workerCount()) {
                    afterLastWorker.accept(context);
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}
}
