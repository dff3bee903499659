package io.neuralake.exec.scheduler;

import java.util.concurrent.CompletableFuture;

/// How a slice of a task ended.
public sealed interface TaskStatus {
    /// The slice is used up; run the task again.
    record Yielded() implements TaskStatus {
        /// The one instance needed.
        public static final Yielded INSTANCE = new Yielded();
    }

    /// Run the task again when the future is done, however it ends.
    record Blocked(CompletableFuture<?> until) implements TaskStatus {}

    /// The task is done.
    record Finished() implements TaskStatus {
        /// The one instance needed.
        public static final Finished INSTANCE = new Finished();
    }
}
