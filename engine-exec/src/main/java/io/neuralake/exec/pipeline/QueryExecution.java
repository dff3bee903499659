package io.neuralake.exec.pipeline;

import io.neuralake.exec.QueryOptions;
import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.memory.QueryMemory;
import io.neuralake.exec.metrics.QueryMetrics;
import io.neuralake.exec.operator.exchange.ResultExchange;
import io.neuralake.exec.scheduler.CancellationToken;
import io.neuralake.exec.scheduler.TaskGroup;
import io.neuralake.exec.scheduler.TaskScheduler;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// One query in execution: starts pipelines as their dependencies are complete, stops everything at
/// the first error, and closes all state when the last worker has left. Thread-safe.
///
/// The result is complete only after every pipeline was; a failed query never looks complete.
public final class QueryExecution {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean CPU_TIME = THREADS.isCurrentThreadCpuTimeSupported();

    private final TaskScheduler scheduler;
    private final TaskGroup group;
    private final QueryOptions options;
    private final EvaluationSettings settings;
    private final QueryMemory memory;
    private final QueryMetrics metrics;
    private final ResultExchange result;
    private final PipelineGraph graph = new PipelineGraph();
    private final CancellationToken token = new CancellationToken();
    private final List<PipelineRun> runs = new ArrayList<>();
    private final int maxWorkers;

    /// Tasks that have not ended, and one for the start itself.
    private final AtomicInteger openTasks = new AtomicInteger(1);

    private final AtomicInteger openPipelines = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CompletableFuture<Void> terminated = new CompletableFuture<>();

    /// Prepares an execution; nothing runs before [#start].
    public QueryExecution(
            TaskScheduler scheduler,
            String name,
            QueryOptions options,
            EvaluationSettings settings,
            QueryMemory memory,
            QueryMetrics metrics) {
        this.scheduler = scheduler;
        this.options = options;
        this.settings = settings;
        this.memory = memory;
        this.metrics = metrics;
        this.maxWorkers =
                options.threads() <= 0
                        ? scheduler.threads()
                        : Math.min(options.threads(), scheduler.threads());
        this.group = scheduler.newGroup(name, maxWorkers);
        this.result = new ResultExchange(maxWorkers);
    }

    /// Builds the pipelines and starts those that wait for nothing. Throws what building throws,
    /// with all state closed.
    public void start() {
        start(() -> new PipelineBuilder(graph, settings).build(metrics.root(), result));
    }

    /// Starts the pipelines that `build` puts into the graph.
    void start(Runnable build) {
        try {
            build.run();
            prepareRuns();
        } catch (RuntimeException | Error e) {
            fail(e);
            openTaskEnded();
            throw reasonOf(e);
        }
        // Decided before any runs: those that complete soon make others ready by themselves.
        runs.stream().filter(PipelineRun::isReady).toList().forEach(this::launch);
        openTaskEnded();
    }

    private void prepareRuns() {
        Map<Pipeline, List<PipelineRun>> waiting = new IdentityHashMap<>();
        for (Pipeline pipeline : graph.pipelines()) {
            PipelineRun run = new PipelineRun(pipeline);
            runs.add(run);
            for (Pipeline dependency : pipeline.dependencies()) {
                waiting.computeIfAbsent(dependency, _ -> new ArrayList<>()).add(run);
            }
        }
        for (PipelineRun run : runs) {
            waiting.getOrDefault(run.pipeline(), List.of()).forEach(run::addDependent);
        }
        openPipelines.set(runs.size());
    }

    private void launch(PipelineRun run) {
        int workers = Math.max(1, Math.min(maxWorkers, run.pipeline().maxWorkers()));
        run.startTasks(workers);
        openTasks.addAndGet(workers);
        for (int i = 0; i < workers; i++) {
            scheduler.submit(group, new PipelineTask(this, run, i, workers));
        }
    }

    /// Called by a task after its workers were closed.
    void taskEnded(PipelineRun run) {
        if (run.taskDone() && !token.isCancelled()) {
            try {
                pipelineDone(run);
            } catch (Throwable t) {
                fail(t);
            }
        }
        openTaskEnded();
    }

    private void pipelineDone(PipelineRun run) throws Exception {
        run.pipeline().sink().feederDone();
        for (Resource resource : run.pipeline().resources()) {
            resource.userDone();
        }
        openPipelines.decrementAndGet();
        for (PipelineRun dependent : run.dependents()) {
            if (dependent.dependencyDone()) {
                launch(dependent);
            }
        }
    }

    private void openTaskEnded() {
        if (openTasks.decrementAndGet() == 0) {
            terminate();
        }
    }

    private void terminate() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        graph.close().forEach(this::fail);
        if (!token.isCancelled() && openPipelines.get() > 0) {
            fail(new IllegalStateException("Pipelines wait for each other"));
        }
        metrics.end();
        if (!token.isCancelled()) {
            result.complete();
        }
        scheduler.remove(group);
        terminated.complete(null);
    }

    /// Stops the query with an error; the first wins. Unexpected ones become INTERNAL_ERROR.
    void fail(Throwable error) {
        stop(reasonOf(error));
    }

    /// Stops the query within a morsel. The reader gets `reason`, unless it failed before or is
    /// complete.
    public void stop(NeuralakeException reason) {
        if (token.cancel(reason)) {
            result.fail(reason);
            scheduler.wakeAll(group);
        }
    }

    private static NeuralakeException reasonOf(Throwable error) {
        return switch (error) {
            case NeuralakeException e -> e;
            case StackOverflowError e ->
                    new NeuralakeException(
                            ErrorCode.STATEMENT_TOO_COMPLEX, "Statement is nested too deeply", e);
            case OutOfMemoryError e ->
                    new NeuralakeException(
                            ErrorCode.OUT_OF_MEMORY,
                            "Out of heap memory: " + e.getMessage() + "; raise the heap",
                            e);
            default ->
                    new NeuralakeException(
                            ErrorCode.INTERNAL_ERROR, "Internal error: " + error, error);
        };
    }

    /// Returns where the result arrives.
    public ResultExchange result() {
        return result;
    }

    /// Completes when all workers have left and all operators are closed.
    public CompletableFuture<Void> terminated() {
        return terminated;
    }

    /// Returns the counters.
    public QueryMetrics metrics() {
        return metrics;
    }

    PipelineGraph graph() {
        return graph;
    }

    CancellationToken token() {
        return token;
    }

    QueryOptions options() {
        return options;
    }

    EvaluationSettings settings() {
        return settings;
    }

    QueryMemory memory() {
        return memory;
    }

    void yieldIfDue() {
        scheduler.yieldIfDue();
    }

    void suspendUntil(CompletableFuture<?> until) {
        scheduler.suspendUntil(until);
    }

    /// Returns the processor time of this thread in nanoseconds.
    long cpuClock() {
        return CPU_TIME ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }
}
