package io.neuralake.exec.pipeline;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Starts further pipelines while a query runs.
interface RoundLauncher {
    /// Builds pipelines and starts them. The future is completed when all of them are complete and
    /// their state is closed; not when the query fails before. Throws what building throws.
    CompletableFuture<?> launch(Consumer<PipelineGraph> build);
}
