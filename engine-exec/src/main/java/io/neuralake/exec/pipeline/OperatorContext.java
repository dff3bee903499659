package io.neuralake.exec.pipeline;

import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.memory.PooledAllocator;
import io.neuralake.exec.metrics.NodeMetrics;
import io.neuralake.exec.operator.WorkerContext;
import io.neuralake.exec.scheduler.WorkSharing;
import io.neuralake.exec.spill.QuerySpill;
import io.neuralake.spi.memory.MemoryAllocator;

import java.util.List;

/// What one worker of one operator is given; closes the worker's allocator.
final class OperatorContext implements WorkerContext, AutoCloseable {
    private final QueryExecution query;
    private final NodeMetrics metrics;
    private final PooledAllocator allocator;
    private final int workerIndex;
    private final int workerCount;

    OperatorContext(QueryExecution query, NodeMetrics metrics, int workerIndex, int workerCount) {
        this.query = query;
        this.metrics = metrics;
        this.allocator = query.memory().newAllocator(metrics.reservation());
        this.workerIndex = workerIndex;
        this.workerCount = workerCount;
    }

    @Override
    public MemoryAllocator allocator() {
        return allocator;
    }

    @Override
    public int batchRows() {
        return query.options().batchRows();
    }

    @Override
    public int workerIndex() {
        return workerIndex;
    }

    @Override
    public int workerCount() {
        return workerCount;
    }

    @Override
    public EvaluationSettings settings() {
        return query.settings();
    }

    @Override
    public QuerySpill spill() {
        return query.memory().spill();
    }

    @Override
    public WorkSharing sharing() {
        return new WorkSharing() {
            @Override
            public int parties() {
                return query.maxWorkers();
            }

            @Override
            public void run(List<? extends Runnable> pieces) {
                query.share(pieces, metrics);
            }
        };
    }

    @Override
    public void count(String counter, long amount) {
        metrics.count(counter, amount);
    }

    @Override
    public void checkCancelled() {
        query.token().check();
    }

    @Override
    public void close() {
        allocator.close();
    }
}
