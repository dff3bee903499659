package io.neuralake.exec.operator.values;

import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.spi.connector.ReadResult;

/// Yields no rows.
public final class EmptySource implements SourceOperator {
    @Override
    public int maxWorkers() {
        return 1;
    }

    @Override
    public SourceWorker newWorker(WorkerContext context) {
        return new SourceWorker() {
            @Override
            public ReadResult produce() {
                return ReadResult.Finished.INSTANCE;
            }

            @Override
            public void close() {}
        };
    }
}
