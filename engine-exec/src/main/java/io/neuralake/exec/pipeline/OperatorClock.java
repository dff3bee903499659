package io.neuralake.exec.pipeline;

import io.neuralake.exec.metrics.NodeMetrics;

/// Charges the time of one worker to the operators between which it moves. Used by one thread at a
/// time.
final class OperatorClock {
    private final boolean running;
    private NodeMetrics current;
    private long since;

    OperatorClock(boolean running, NodeMetrics source) {
        this.running = running;
        this.current = source;
    }

    /// Starts a slice.
    void start() {
        if (running) {
            since = System.nanoTime();
        }
    }

    /// Charges the time so far and goes on for `next`; returns whose time it was.
    NodeMetrics enter(NodeMetrics next) {
        NodeMetrics before = current;
        if (running) {
            long now = System.nanoTime();
            before.addNanos(now - since);
            since = now;
            current = next;
        }
        return before;
    }

    /// Ends a slice.
    void stop() {
        enter(current);
    }
}
