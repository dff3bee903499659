package io.neuralake.exec.pipeline;

import java.util.ArrayList;
import java.util.List;

/// The pipelines of one execution of a plan, and the state that they share.
final class PipelineGraph {
    private final List<Pipeline> pipelines = new ArrayList<>();
    private final List<Resource> resources = new ArrayList<>();

    List<Pipeline> pipelines() {
        return pipelines;
    }

    void add(Pipeline pipeline) {
        pipelines.add(pipeline);
    }

    Resource own(AutoCloseable state) {
        Resource resource = new Resource(state);
        resources.add(resource);
        return resource;
    }

    /// Closes all shared state that is still open, the newest first. Errors are returned, so that all
    /// of it is closed.
    List<Exception> close() {
        List<Exception> errors = new ArrayList<>();
        for (Resource resource : resources.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                errors.add(e);
            }
        }
        return errors;
    }
}
