package io.neuralake.exec.pipeline;

import java.util.concurrent.atomic.AtomicInteger;

/// State shared by pipelines, closed when the last of them is complete. Thread-safe.
final class Resource {
    private final AutoCloseable state;
    private final AtomicInteger users = new AtomicInteger();
    private boolean closed;

    Resource(AutoCloseable state) {
        this.state = state;
    }

    void addUser() {
        users.incrementAndGet();
    }

    /// Called as a pipeline that uses the state is complete.
    void userDone() throws Exception {
        if (users.decrementAndGet() == 0) {
            close();
        }
    }

    /// Closes the state; idempotent.
    synchronized void close() throws Exception {
        if (!closed) {
            closed = true;
            state.close();
        }
    }
}
