package io.neuralake.server.sql;

import org.jspecify.annotations.Nullable;

/// Passes a cancellation on to the statement in progress, whenever it comes: also while the statement
/// is still being planned. Thread-safe.
final class StatementInProgress {
    private boolean running;
    private boolean cancelled;
    private @Nullable Runnable stop;

    /// Begins a statement.
    synchronized void begin() {
        running = true;
        cancelled = false;
        stop = null;
    }

    /// Says how the statement is stopped from now on; stops it if that was asked for already.
    synchronized void stoppedBy(Runnable action) {
        stop = action;
        if (cancelled) {
            action.run();
        }
    }

    /// Stops the statement in progress; without one does nothing.
    synchronized void cancel() {
        if (running) {
            cancelled = true;
            if (stop != null) {
                stop.run();
            }
        }
    }

    /// Tells whether the statement was cancelled.
    synchronized boolean isCancelled() {
        return cancelled;
    }

    /// Ends the statement.
    synchronized void end() {
        running = false;
        stop = null;
    }
}
