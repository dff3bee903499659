package io.neuralake.exec.operator;

import io.neuralake.exec.row.BatchCompactor;
import io.neuralake.spi.batch.Batch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A sink that keeps the rows of its input for a state that outlives it.
public final class BatchCollector implements SinkOperator {
    private final Consumer<List<Batch>> state;

    /// Creates a sink.
    ///
    /// @param state takes ownership of what each worker has collected; called by several threads
    public BatchCollector(Consumer<List<Batch>> state) {
        this.state = state;
    }

    @Override
    public SinkWorker newWorker(WorkerContext context) {
        return new Worker(context);
    }

    @Override
    public void finish() {}

    @Override
    public void close() {}

    private final class Worker implements SinkWorker {
        private final WorkerContext context;
        private final List<Batch> collected = new ArrayList<>();

        private Worker(WorkerContext context) {
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
            state.accept(List.copyOf(collected));
            collected.clear();
        }

        @Override
        public void close() {
            collected.forEach(Batch::close);
            collected.clear();
        }
    }
}
