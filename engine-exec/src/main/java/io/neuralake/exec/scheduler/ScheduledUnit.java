package io.neuralake.exec.scheduler;

import java.util.concurrent.locks.Condition;

/// What waits for a worker: a task, or a thread which gave its place up in the middle of one.
sealed interface ScheduledUnit {
    /// Returns the query.
    TaskGroup group();

    /// A task to be run by any worker.
    record Slice(TaskGroup group, Task task) implements ScheduledUnit {}

    /// A thread to be woken.
    final class Continuation implements ScheduledUnit {
        final TaskGroup group;
        final Condition wake;
        boolean resumed;

        /// Virtual time charged for the turn in which the thread goes on.
        long chargedNanos;

        Continuation(TaskGroup group, Condition wake) {
            this.group = group;
            this.wake = wake;
        }

        @Override
        public TaskGroup group() {
            return group;
        }
    }
}
