package io.neuralake.exec.scheduler;

/// A piece of a query that runs in slices. Run by one thread at a time. Must not throw.
public interface Task {
    /// Runs for about the time until `deadlineNanos` (of System.nanoTime).
    TaskStatus run(long deadlineNanos);
}
