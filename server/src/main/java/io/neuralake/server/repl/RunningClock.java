package io.neuralake.server.repl;

import org.jline.terminal.Terminal;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Shows how long the statement has been running, once it takes more than a second, until its first
/// output.
final class RunningClock implements AutoCloseable {
    private final Terminal terminal;
    private final long start = System.nanoTime();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    RunningClock(Terminal terminal) {
        this.terminal = terminal;
        this.thread = Thread.ofVirtual().name("clock").start(this::draw);
    }

    private void draw() {
        boolean drawn = false;
        try {
            while (!stopped.await(1, TimeUnit.SECONDS)) {
                terminal.writer()
                        .printf(
                                Locale.ROOT,
                                "\rrunning for %d s; Ctrl-C stops",
                                (System.nanoTime() - start) / 1_000_000_000L);
                terminal.flush();
                drawn = true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (drawn) {
            terminal.writer().print("\r" + " ".repeat(40) + "\r");
            terminal.flush();
        }
    }

    /// Wraps `out` so that its first byte stops the clock.
    PrintStream stoppedBy(PrintStream out) {
        OutputStream stopping =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        RunningClock.this.close();
                        out.write(b);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        RunningClock.this.close();
                        out.write(bytes, offset, length);
                    }

                    @Override
                    public void flush() {
                        out.flush();
                    }
                };
        return new PrintStream(stopping, false, StandardCharsets.UTF_8);
    }

    /// Stops the clock and clears its line; idempotent.
    @Override
    public void close() {
        stopped.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
