package io.neuralake.server.repl;

import io.neuralake.server.sql.SqlTarget;

import org.jline.terminal.Terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Shows how long the statement has been running and how many rows it has read, once it takes more
/// than a second, until its first output.
final class RunningClock implements AutoCloseable {
    /// What the terminal shows when Ctrl-C is pressed.
    private static final String ECHO = "^C";

    private final Terminal terminal;
    private final SqlTarget target;
    private final long start = System.nanoTime();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    /// Starts.
    RunningClock(Terminal terminal, SqlTarget target) {
        this.terminal = terminal;
        this.target = target;
        this.thread = Thread.ofVirtual().name("clock").start(this::draw);
    }

    private void draw() {
        int drawn = 0;
        try {
            while (!stopped.await(1, TimeUnit.SECONDS)) {
                String line = text((System.nanoTime() - start) / 1_000_000_000L);
                terminal.writer()
                        .print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
                terminal.flush();
                drawn = line.length();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (drawn > 0) {
            terminal.writer().print("\r" + " ".repeat(drawn + ECHO.length()) + "\r");
            terminal.flush();
        }
    }

    /// Returns the line after so many seconds.
    String text(long seconds) {
        StringBuilder line = new StringBuilder("running for ").append(seconds).append(" s");
        target.rowsRead()
                .ifPresent(
                        rows -> line.append(String.format(Locale.ROOT, ", %,d rows read", rows)));
        return line.append("; Ctrl-C stops").toString();
    }

    /// Wraps `out` so that its first byte stops the clock.
    OutputStream stoppedBy(OutputStream out) {
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                RunningClock.this.close();
                out.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                RunningClock.this.close();
                out.write(bytes, offset, length);
            }

            @Override
            public void flush() throws IOException {
                out.flush();
            }
        };
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
