package io.neuralake.exec.pipeline;

import io.neuralake.exec.QueryOptions;
import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.memory.QueryMemory;
import io.neuralake.exec.metrics.NodeMetrics;
import io.neuralake.exec.metrics.QueryMetrics;
import io.neuralake.exec.operator.exchange.ResultExchange;
import io.neuralake.exec.scheduler.CancellationToken;
import io.neuralake.exec.scheduler.TaskGroup;
import io.neuralake.exec.scheduler.TaskScheduler;
import io.neuralake.exec.scheduler.TaskStatus;
import io.neuralake.exec.scheduler.WorkSharing;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// One query in execution: starts pipelines as their dependencies are complete, stops everything at
/// the first error, and closes all state when the last worker has left. Thread-safe.
///
/// The result is complete only after every pipeline was; a failed query never looks complete.
public final class QueryExecution {
    /// The batches that wait for the reader take at most this part of the memory limit.
    private static final int RESULT_PART = 16;

    /// Less than this is not worth telling.
    private static final long LEAST_SERIAL_NANOS = 100_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean CPU_TIME = THREADS.isCurrentThreadCpuTimeSupported();

    private final TaskScheduler scheduler;
    private final TaskGroup group;
    private final QueryOptions options;
    private final EvaluationSettings settings;
    private final QueryMemory memory;
    private final QueryMetrics metrics;
    private final ResultExchange result;
    private final GraphRun plan = new GraphRun();
    private final CancellationToken token = new CancellationToken();
    private final Set<GraphRun> rounds = ConcurrentHashMap.newKeySet();
    private final int maxWorkers;

    /// Tasks that have not ended, and one for the start itself.
    private final AtomicInteger openTasks = new AtomicInteger(1);

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
        this.result = new ResultExchange(maxWorkers, memory.spill().limitBytes() / RESULT_PART);
    }

    /// Builds the pipelines and starts those that wait for nothing. Throws what building throws,
    /// with all state closed.
    public void start() {
        start(
                () ->
                        new PipelineBuilder(plan.graph(), settings, this::launchRound)
                                .build(metrics.root(), result));
    }

    /// Starts the pipelines that `build` puts into the graph.
    void start(Runnable build) {
        try {
            build.run();
            plan.prepare();
        } catch (RuntimeException | Error e) {
            fail(e);
            openTaskEnded();
            throw reasonOf(e);
        }
        plan.ready().forEach(this::launch);
        openTaskEnded();
    }

    /// Called by a worker, whose task keeps the query open meanwhile.
    private CompletableFuture<Void> launchRound(Consumer<PipelineGraph> build) {
        GraphRun round = new GraphRun();
        rounds.add(round);
        build.accept(round.graph());
        round.prepare();
        round.ready().forEach(this::launch);
        return round.done();
    }

    private void launch(PipelineRun run) {
        if (!run.pipeline().source().operator().hasWork()) {
            try {
                pipelineDone(run);
            } catch (Exception e) {
                fail(e);
            }
            return;
        }
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
        // What the pipeline has read is freed first: its memory is there for what the sink makes.
        for (Resource resource : run.pipeline().resources()) {
            resource.userDone();
        }
        finishSink(run);
        for (PipelineRun dependent : run.dependents()) {
            if (dependent.dependencyDone()) {
                launch(dependent);
            }
        }
        GraphRun graph = run.graph();
        if (graph.pipelineDone() && rounds.remove(graph)) {
            graph.graph().close().forEach(this::fail);
            graph.done().complete(null);
        }
    }

    /// Finishes the sink, if this was its last pipeline, and counts the time for which nothing else of
    /// the pipeline runs.
    private void finishSink(PipelineRun run) throws Exception {
        long start = cpuClock();
        run.pipeline().sink().feederDone();
        long nanos = cpuClock() - start;
        if (nanos >= LEAST_SERIAL_NANOS) {
            run.pipeline().sink().stage.metrics().count(NodeMetrics.SERIAL_NANOS, nanos);
        }
    }

    int maxWorkers() {
        return maxWorkers;
    }

    /// Runs pieces of work on the calling worker and on idle ones. See [WorkSharing#run].
    ///
    /// @param metrics of the operator whose work that is; what runs beside other pieces is no serial time
    void share(List<? extends Runnable> pieces, NodeMetrics metrics) {
        SharedWork work = new SharedWork(pieces);
        for (int i = 1; i < Math.min(maxWorkers, pieces.size()); i++) {
            openTasks.incrementAndGet();
            try {
                scheduler.submit(group, _ -> help(work));
            } catch (IllegalStateException closed) {
                openTaskEnded();
                break; // nobody else will work, and pieces that have begun must not be left
            }
        }
        long start = cpuClock();
        work.work();
        long nanos = cpuClock() - start;
        if (nanos >= LEAST_SERIAL_NANOS && pieces.size() > 1 && maxWorkers > 1) {
            metrics.count(NodeMetrics.SERIAL_NANOS, -nanos);
        }
        work.await();
    }

    private TaskStatus help(SharedWork work) {
        long start = cpuClock();
        work.work();
        metrics.addCpuNanos(cpuClock() - start);
        openTaskEnded();
        return TaskStatus.Finished.INSTANCE;
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
        rounds.forEach(round -> round.graph().close().forEach(this::fail));
        plan.graph().close().forEach(this::fail);
        if (!token.isCancelled() && plan.isOpen()) {
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
        return plan.graph();
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

    boolean isYieldDue() {
        return scheduler.isYieldDue();
    }

    void suspendUntil(CompletableFuture<?> until) {
        scheduler.suspendUntil(until);
    }

    /// Returns the processor time of this thread in nanoseconds.
    long cpuClock() {
        return CPU_TIME ? THREADS.getCurrentThreadCpuTime() : System.nanoTime();
    }
}
