package io.neuralake.exec.pipeline;

import io.neuralake.exec.metrics.NodeMetrics;
import io.neuralake.exec.operator.BatchConsumer;
import io.neuralake.exec.operator.SinkOperator;
import io.neuralake.exec.operator.SinkWorker;
import io.neuralake.exec.operator.SourceWorker;
import io.neuralake.exec.operator.StreamingOperator;
import io.neuralake.exec.operator.StreamingWorker;
import io.neuralake.exec.scheduler.Task;
import io.neuralake.exec.scheduler.TaskStatus;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.connector.ReadResult;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/// One worker's run of a pipeline: reads morsels and pushes their batches through to the sink. Any
/// Throwable fails the query and only the query.
final class PipelineTask implements Task {
    /// Batches which one input may still bring to a sink that is blocked; then the thread waits.
    private static final int MAX_BLOCKED_BATCHES = 8;

    private final QueryExecution query;
    private final PipelineRun run;
    private final int workerIndex;
    private final int workerCount;
    private final OperatorClock clock;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final StreamingWorker[] operators;
    private final BatchConsumer[] outputs;
    private final BatchConsumer[] emitters;
    private @Nullable SourceWorker source;
    private @Nullable SinkWorker sink;
    private int blockedBatches;

    PipelineTask(QueryExecution query, PipelineRun run, int workerIndex, int workerCount) {
        this.query = query;
        this.run = run;
        this.workerIndex = workerIndex;
        this.workerCount = workerCount;
        Pipeline pipeline = run.pipeline();
        this.clock = new OperatorClock(query.options().profile(), pipeline.source().metrics());
        this.operators = new StreamingWorker[pipeline.operators().size()];
        this.outputs = new BatchConsumer[operators.length + 1];
        this.emitters = new BatchConsumer[operators.length];
    }

    @Override
    public TaskStatus run(long deadlineNanos) {
        long cpuStart = query.cpuClock();
        clock.start();
        TaskStatus status;
        try {
            status = advance(deadlineNanos);
        } catch (Throwable t) {
            query.fail(t);
            status = TaskStatus.Finished.INSTANCE;
        }
        clock.stop();
        query.metrics().addCpuNanos(query.cpuClock() - cpuStart);
        if (status instanceof TaskStatus.Finished) {
            closeWorkers();
            query.taskEnded(run);
        }
        return status;
    }

    private TaskStatus advance(long deadlineNanos) {
        query.token().check();
        SourceWorker reader = source;
        SinkWorker collector = sink;
        if (reader == null || collector == null) {
            open();
            return TaskStatus.Yielded.INSTANCE;
        }
        while (run.stoppedAt() == PipelineRun.NOT_STOPPED && !alreadyDone()) {
            query.token().check();
            switch (reader.produce()) {
                case ReadResult.Ready ready -> {
                    push(ready.batch());
                    if (blockedBatches > 0) {
                        blockedBatches = 0;
                        CompletableFuture<?> until = collector.blockedUntil();
                        if (!until.isDone()) {
                            return new TaskStatus.Blocked(until);
                        }
                    }
                }
                case ReadResult.Blocked blocked -> {
                    return blocked.until().isDone()
                            ? TaskStatus.Yielded.INSTANCE
                            : new TaskStatus.Blocked(blocked.until());
                }
                case ReadResult.Finished _ -> {
                    return complete(collector);
                }
            }
            if (System.nanoTime() - deadlineNanos > 0 || query.isYieldDue()) {
                return TaskStatus.Yielded.INSTANCE;
            }
        }
        return complete(collector);
    }

    /// Tells whether an operator that counts over all pipelines is satisfied, although this pipeline
    /// has brought it nothing yet.
    private boolean alreadyDone() {
        for (int i = 0; i < operators.length; i++) {
            if (operators[i].isDone()) {
                run.stopAt(i);
                return true;
            }
        }
        return false;
    }

    private void open() {
        Pipeline pipeline = run.pipeline();
        Stage<SinkOperator> end = pipeline.sink().stage;
        SinkWorker collector = own(end.operator().newWorker(context(end.metrics())));
        sink = collector;
        outputs[operators.length] = batch -> collect(collector, end.metrics(), batch);
        for (int i = operators.length - 1; i >= 0; i--) {
            Stage<StreamingOperator> stage = pipeline.operators().get(i);
            operators[i] = own(stage.operator().newWorker(context(stage.metrics())));
            outputs[i] = processing(i, stage);
        }
        NodeMetrics sourceMetrics = pipeline.source().metrics();
        source = own(pipeline.source().operator().newWorker(context(sourceMetrics)));
    }

    private OperatorContext context(NodeMetrics metrics) {
        return own(new OperatorContext(query, metrics, workerIndex, workerCount));
    }

    private <T extends AutoCloseable> T own(T part) {
        owned.push(part);
        return part;
    }

    /// Makes the consumer that feeds operator `i`.
    private BatchConsumer processing(int i, Stage<StreamingOperator> stage) {
        StreamingWorker worker = operators[i];
        NodeMetrics metrics = stage.metrics();
        BatchConsumer next = outputs[i + 1];
        BatchConsumer output =
                batch -> {
                    if (stage.yieldsOutput()) {
                        metrics.countOutput(batch.selectedCount());
                    }
                    if (run.stoppedAt() > i) {
                        batch.close();
                        throw StopSignal.INSTANCE;
                    }
                    next.accept(batch);
                };
        emitters[i] = output;
        return batch -> {
            NodeMetrics before = clock.enter(metrics);
            try {
                if (worker.process(batch, output) == StreamingWorker.Status.DONE) {
                    run.stopAt(i);
                }
            } finally {
                clock.enter(before);
            }
        };
    }

    private void collect(SinkWorker collector, NodeMetrics metrics, Batch batch) {
        NodeMetrics before = clock.enter(metrics);
        try {
            switch (collector.consume(batch)) {
                case NEED_INPUT -> {}
                case DONE -> run.stopAt(operators.length);
                case BLOCKED -> blockedBatches++;
            }
        } finally {
            clock.enter(before);
        }
        query.token().check();
        if (blockedBatches > MAX_BLOCKED_BATCHES) {
            query.suspendUntil(collector.blockedUntil());
            query.token().check();
        } else {
            query.yieldIfDue();
        }
    }

    private void push(Batch batch) {
        Stage<?> stage = run.pipeline().source();
        if (stage.yieldsOutput()) {
            stage.metrics().countOutput(batch.selectedCount());
        }
        try {
            outputs[0].accept(batch);
        } catch (StopSignal stop) {
            // an operator is done; the rest of the batch is not needed
        }
    }

    private TaskStatus complete(SinkWorker collector) {
        for (int i = 0; i < operators.length; i++) {
            if (i > run.stoppedAt()) {
                try {
                    operators[i].finish(emitters[i]);
                } catch (StopSignal stop) {
                    // an operator behind is done
                }
            }
        }
        collector.combine();
        return TaskStatus.Finished.INSTANCE;
    }

    private void closeWorkers() {
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (Throwable t) {
                query.fail(t);
            }
        }
    }
}
