package io.neuralake.exec.scheduler;

import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import java.util.concurrent.atomic.AtomicReference;

/// Says whether a query should go on, and if not, why. Thread-safe; the first reason wins.
public final class CancellationToken {
    private final AtomicReference<@Nullable NeuralakeException> reason = new AtomicReference<>();

    /// Stops the query; returns false when it had been stopped before.
    public boolean cancel(NeuralakeException why) {
        return reason.compareAndSet(null, why);
    }

    /// Returns why the query was stopped, or null while it goes on.
    public @Nullable NeuralakeException reason() {
        return reason.get();
    }

    /// Tells whether the query was stopped.
    public boolean isCancelled() {
        return reason.get() != null;
    }

    /// Throws the reason when the query was stopped.
    public void check() {
        NeuralakeException why = reason.get();
        if (why != null) {
            throw why;
        }
    }
}
