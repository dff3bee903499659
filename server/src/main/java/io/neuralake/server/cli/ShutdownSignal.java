package io.neuralake.server.cli;

import org.jline.utils.Signals;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// Catches the signals that ask a server to stop, from construction to the first of them; a second
/// one ends the process at once.
final class ShutdownSignal implements AutoCloseable {
    private final CountDownLatch received = new CountDownLatch(1);
    private final Map<String, Object> before = new HashMap<>();

    ShutdownSignal() {
        for (String name : new String[] {"INT", "TERM", "HUP"}) {
            Object handler = Signals.register(name, received::countDown);
            if (handler != null) {
                before.put(name, handler);
            }
        }
    }

    /// Waits for a signal, or until the thread is interrupted.
    void await() {
        try {
            received.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        before.forEach(Signals::unregister);
    }
}
