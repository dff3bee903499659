package io.neuralake.exec.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// One pipeline in execution: its workers and its early end. Thread-safe.
final class PipelineRun {
    /// No operator is done.
    static final int NOT_STOPPED = -1;

    private final Pipeline pipeline;
    private final GraphRun graph;
    private final AtomicInteger stoppedAt = new AtomicInteger(NOT_STOPPED);
    private final AtomicInteger openTasks = new AtomicInteger();
    private final AtomicInteger openDependencies;
    private final List<PipelineRun> dependents = new ArrayList<>();

    PipelineRun(Pipeline pipeline, GraphRun graph) {
        this.pipeline = pipeline;
        this.graph = graph;
        this.openDependencies = new AtomicInteger(pipeline.dependencies().size());
    }

    Pipeline pipeline() {
        return pipeline;
    }

    /// Returns the graph that the pipeline belongs to.
    GraphRun graph() {
        return graph;
    }

    /// Says that the operator at `position` (the number of operators for the sink) needs no further
    /// input.
    void stopAt(int position) {
        stoppedAt.accumulateAndGet(position, Math::max);
    }

    /// Returns the position of the last operator that needs no further input, or NOT_STOPPED.
    int stoppedAt() {
        return stoppedAt.get();
    }

    void startTasks(int count) {
        openTasks.set(count);
    }

    /// Returns true for the last task.
    boolean taskDone() {
        return openTasks.decrementAndGet() == 0;
    }

    void addDependent(PipelineRun run) {
        dependents.add(run);
    }

    List<PipelineRun> dependents() {
        return dependents;
    }

    /// Returns true when nothing is left to wait for.
    boolean dependencyDone() {
        return openDependencies.decrementAndGet() == 0;
    }

    boolean isReady() {
        return openDependencies.get() == 0;
    }
}
