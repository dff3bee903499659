package io.neuralake.exec;

import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.kernel.CodeKernels;
import io.neuralake.exec.memory.QueryMemory;
import io.neuralake.exec.memory.ServerMemory;
import io.neuralake.exec.metrics.QueryMetrics;
import io.neuralake.exec.pipeline.QueryExecution;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.exec.scheduler.TaskScheduler;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.CacheMemory;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Runs plans in this process, on a fixed pool of workers and one pool of memory. Thread-safe.
public final class LocalQueryEngine implements QueryEngine {
    private final TaskScheduler scheduler;
    private final ServerMemory memory;
    private final Set<LocalQueryResult> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong queryNumber = new AtomicLong();
    private volatile boolean closed;

    /// Starts the workers.
    public LocalQueryEngine(EngineSettings settings) {
        this.memory =
                new ServerMemory(
                        settings.memoryLimitBytes(), settings.cacheLimitBytes(), settings.spill());
        this.scheduler = new TaskScheduler(settings.threads());
    }

    /// Lets vector kernels take over from the scalar ones that begin, if they are faster; waits two seconds at most.
    public static void warmUp() {
        CodeKernels.warming().rehearse();
    }

    @Override
    public QueryResult execute(PhysicalPlan plan, QueryOptions options) {
        if (closed) {
            throw shuttingDown();
        }
        String name = "query-" + queryNumber.incrementAndGet();
        QueryMemory queryMemory = memory.open(name, options.memoryLimitBytes());
        LocalQueryResult result;
        try {
            QueryExecution execution =
                    new QueryExecution(
                            scheduler,
                            name,
                            options,
                            new EvaluationSettings(
                                    options.parameters(), options.zoneId(), Instant.now()),
                            queryMemory,
                            QueryMetrics.of(plan, queryMemory));
            result = new LocalQueryResult(plan.schema(), execution, queryMemory, open::remove);
            open.add(result);
        } catch (RuntimeException | Error e) {
            queryMemory.close();
            throw e;
        }
        try {
            result.start();
        } catch (RuntimeException | Error e) {
            result.close();
            throw e;
        }
        if (closed) {
            result.stop(shuttingDown());
        }
        return result;
    }

    private static NeuralakeException shuttingDown() {
        return new NeuralakeException(ErrorCode.SHUTTING_DOWN, "Server is shutting down");
    }

    @Override
    public long reservedBytes() {
        return memory.reservedBytes();
    }

    @Override
    public long memoryLimitBytes() {
        return memory.limitBytes();
    }

    @Override
    public long spilledBytes() {
        return memory.spilledBytes();
    }

    @Override
    public long spillFileBytes() {
        return memory.spillFileBytes();
    }

    @Override
    public int threads() {
        return scheduler.threads();
    }

    /// Returns what a connector may keep copies in, from this engine's memory. It closes with the
    /// engine, by when the cache is to have released everything.
    public CacheMemory cacheMemory() {
        return memory.cache();
    }

    /// Returns the number of queries whose results are open.
    public int openQueries() {
        return open.size();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        List<LocalQueryResult> running = List.copyOf(open);
        running.forEach(result -> result.stop(shuttingDown()));
        running.forEach(LocalQueryResult::close);
        scheduler.close();
        memory.close();
    }
}
