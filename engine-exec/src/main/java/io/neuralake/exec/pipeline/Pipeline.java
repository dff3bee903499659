package io.neuralake.exec.pipeline;

import io.neuralake.exec.operator.SourceOperator;
import io.neuralake.exec.operator.StreamingOperator;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A source, streaming operators and a sink, which several workers run at a time. Open while the
/// builder appends to it; then immutable.
final class Pipeline {
    private final Stage<SourceOperator> source;
    private final List<Stage<StreamingOperator>> operators = new ArrayList<>();
    private final Set<Pipeline> dependencies = new LinkedHashSet<>();
    private final Set<Resource> resources = new LinkedHashSet<>();
    private @Nullable SinkUse sink;
    private boolean ordered;

    Pipeline(Stage<SourceOperator> source) {
        this.source = source;
    }

    Stage<SourceOperator> source() {
        return source;
    }

    List<Stage<StreamingOperator>> operators() {
        return operators;
    }

    SinkUse sink() {
        if (sink == null) {
            throw new IllegalStateException("Pipeline is open");
        }
        return sink;
    }

    /// Returns the pipelines that must be complete before this starts.
    Set<Pipeline> dependencies() {
        return dependencies;
    }

    void append(Stage<StreamingOperator> operator) {
        operators.add(operator);
    }

    void endIn(SinkUse use) {
        if (sink != null) {
            throw new IllegalStateException("Pipeline ended twice");
        }
        sink = use;
        use.addFeeder();
    }

    void dependOn(List<Pipeline> others) {
        dependencies.addAll(others);
    }

    void use(Resource resource) {
        if (resources.add(resource)) {
            resource.addUser();
        }
    }

    Set<Resource> resources() {
        return resources;
    }

    /// Keeps the order of the source: one worker.
    void keepOrder() {
        ordered = true;
    }

    int maxWorkers() {
        return ordered ? 1 : source.operator().maxWorkers();
    }

    /// Tells whether this waits, directly or not, for `other`. Not recursive.
    boolean waitsFor(Pipeline other) {
        Set<Pipeline> seen = new LinkedHashSet<>();
        List<Pipeline> open = new ArrayList<>(List.of(this));
        while (!open.isEmpty()) {
            Pipeline next = open.removeLast();
            if (next == other) {
                return true;
            }
            if (seen.add(next)) {
                open.addAll(next.dependencies);
            }
        }
        return false;
    }
}
