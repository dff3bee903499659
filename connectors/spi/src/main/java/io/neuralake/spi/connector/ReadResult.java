package io.neuralake.spi.connector;

import io.neuralake.spi.batch.Batch;

import java.util.concurrent.CompletableFuture;

/// What a source of batches answers.
public sealed interface ReadResult {
    /// A batch, which the receiver owns.
    record Ready(Batch batch) implements ReadResult {}

    /// Nothing yet: ask again when the future is done.
    record Blocked(CompletableFuture<?> until) implements ReadResult {}

    /// No more batches.
    record Finished() implements ReadResult {
        /// The one instance needed.
        public static final Finished INSTANCE = new Finished();
    }
}
