package io.neuralake.exec.pipeline;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// A graph of pipelines in execution: all of a query, or a round of a recursion.
final class GraphRun {
    private final PipelineGraph graph = new PipelineGraph();
    private final List<PipelineRun> runs = new ArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /// Returns the pipelines, to which the builder adds.
    PipelineGraph graph() {
        return graph;
    }

    /// Prepares the pipelines to run, after the last was added.
    void prepare() {
        Map<Pipeline, List<PipelineRun>> waiting = new IdentityHashMap<>();
        for (Pipeline pipeline : graph.pipelines()) {
            PipelineRun run = new PipelineRun(pipeline, this);
            runs.add(run);
            for (Pipeline dependency : pipeline.dependencies()) {
                waiting.computeIfAbsent(dependency, _ -> new ArrayList<>()).add(run);
            }
        }
        for (PipelineRun run : runs) {
            waiting.getOrDefault(run.pipeline(), List.of()).forEach(run::addDependent);
        }
        open.set(runs.size());
    }

    /// Returns the pipelines that wait for nothing. To be asked before any runs: those that complete
    /// soon make others ready by themselves.
    List<PipelineRun> ready() {
        return runs.stream().filter(PipelineRun::isReady).toList();
    }

    /// Called as a pipeline is complete; returns true for the last.
    boolean pipelineDone() {
        return open.decrementAndGet() == 0;
    }

    /// Tells whether some pipeline is not complete.
    boolean isOpen() {
        return open.get() > 0;
    }

    /// Completed by the query after the last pipeline.
    CompletableFuture<Void> done() {
        return done;
    }
}
