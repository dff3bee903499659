package io.neuralake.planner;

import io.neuralake.exec.QueryResult;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Stops one statement, whatever it is at: its queries, and what comes before its commit. Thread-safe.
public final class Cancellation {
    private final Set<QueryResult> running = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean cancelled;

    /// Whether it was asked for during a commit that was made.
    private boolean late;

    private Stage stage = Stage.RUNNING;

    private enum Stage {
        RUNNING,
        /// A commit that loses against others leads back, so that what arrives now may count later.
        COMMITTING,
        DONE
    }

    /// Stops the statement within one morsel, or keeps it from starting. Waits for nothing. Idempotent.
    ///
    /// @return false if it may be too late, since the commit has begun
    public boolean cancel() {
        List<QueryResult> stopped;
        synchronized (this) {
            if (stage == Stage.DONE) {
                return false;
            }
            cancelled = true;
            if (stage == Stage.COMMITTING) {
                return false;
            }
            stopped = new ArrayList<>(running);
        }
        stopped.forEach(QueryResult::cancel);
        return true;
    }

    /// Throws CANCELLED after [#cancel].
    public synchronized void check() {
        if (cancelled) {
            throw new NeuralakeException(ErrorCode.CANCELLED, "Statement was cancelled");
        }
    }

    /// Has a query stopped with the statement, until it is closed. Takes ownership.
    QueryResult watch(QueryResult result) {
        synchronized (this) {
            running.add(result);
            if (!cancelled) {
                return new WatchedResult(result, () -> {}, () -> forget(result));
            }
        }
        forget(result);
        result.close();
        throw new NeuralakeException(ErrorCode.CANCELLED, "Statement was cancelled");
    }

    private synchronized void forget(QueryResult result) {
        running.remove(result);
    }

    /// Commits. A commit that has lost against others has changed nothing: its statement can be cancelled
    /// again, and is if that was asked meanwhile. What is committed is not cancelled.
    void commit(Runnable commit) {
        synchronized (this) {
            check();
            stage = Stage.COMMITTING;
        }
        boolean lost = false;
        try {
            commit.run();
        } catch (NeuralakeException e) {
            lost = e.code() == ErrorCode.TRANSACTION_CONFLICT;
            throw e;
        } finally {
            synchronized (this) {
                stage = lost ? Stage.RUNNING : Stage.DONE;
                late = cancelled && !lost;
                cancelled &= lost;
            }
        }
    }

    /// Goes on after a commit: the statement can be cancelled again, and is if that was asked while it committed.
    synchronized void resume() {
        stage = Stage.RUNNING;
        cancelled = late;
    }
}
