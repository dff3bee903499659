package io.neuralake.server.bench.load;

import io.neuralake.server.sql.ServerAddress;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.memory.BufferAllocator;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/// Runs one query over and over on a connection of its own, beside what is measured, until it is
/// closed.
public final class HeavyQuery implements AutoCloseable {
    private final CompletableFuture<Void> running;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicLong runs = new AtomicLong();
    private final AtomicLong busyNanos = new AtomicLong();
    private volatile boolean stopped;

    /// Starts, and returns when the first run has begun.
    public HeavyQuery(ServerAddress server, BufferAllocator allocator, String sql) {
        running =
                CompletableFuture.runAsync(
                        () -> run(server, allocator, sql),
                        task -> Thread.ofPlatform().name("heavy-query").start(task));
        try {
            begun.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NeuralakeException(ErrorCode.CANCELLED, "Load was interrupted", e);
        }
    }

    private void run(ServerAddress server, BufferAllocator allocator, String sql) {
        try (LoadClient client = new LoadClient(server, allocator)) {
            while (!stopped) {
                long start = System.nanoTime();
                begun.countDown();
                client.rows(sql);
                busyNanos.addAndGet(System.nanoTime() - start);
                runs.incrementAndGet();
            }
        } finally {
            begun.countDown();
        }
    }

    /// Says how often the query ended and how long a run took on average.
    public String summary() {
        long ended = runs.get();
        return ended == 0
                ? "not ended once"
                : String.format(
                        java.util.Locale.ROOT,
                        "%d times, %.0f ms each",
                        ended,
                        busyNanos.get() / 1e6 / ended);
    }

    /// Waits for the end of the run that goes on. Throws its error, if it failed.
    @Override
    public void close() {
        stopped = true;
        try {
            running.join();
        } catch (CompletionException e) {
            throw new NeuralakeException(
                    ErrorCode.INTERNAL_ERROR, "The heavy query failed: " + e.getCause(), e);
        }
    }
}
