package io.neuralake.server;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/// Runs steps that make later work faster, one after the other on one thread of low priority. It
/// gives way for good as soon as there is real work, and ends after 20 seconds at most: between
/// two steps. Then it gives back what they used.
public final class BackgroundWarmUp implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final System.Logger LOG = System.getLogger(BackgroundWarmUp.class.getName());

    private final WarmUp work;
    private final Runnable release;
    private final BooleanSupplier busy;
    private final Duration longest;
    private final Thread thread;
    private volatile boolean closed;

    private BackgroundWarmUp(
            WarmUp work, Runnable release, BooleanSupplier busy, Duration longest) {
        this.work = work;
        this.release = release;
        this.busy = busy;
        this.longest = longest;
        this.thread = Thread.ofPlatform().name("warm-up").daemon().unstarted(this::run);
        this.thread.setPriority(Thread.MIN_PRIORITY);
    }

    /// Starts.
    ///
    /// @param work ended by this, whatever happens
    /// @param release gives back memory that the steps used
    /// @param busy tells whether there is real work; asked before each step
    public static BackgroundWarmUp start(WarmUp work, Runnable release, BooleanSupplier busy) {
        return start(work, release, busy, LONGEST);
    }

    static BackgroundWarmUp start(
            WarmUp work, Runnable release, BooleanSupplier busy, Duration longest) {
        BackgroundWarmUp warmUp = new BackgroundWarmUp(work, release, busy, longest);
        warmUp.thread.start();
        return warmUp;
    }

    private void run() {
        try (work) {
            runSteps();
        } catch (RuntimeException e) {
            // The next query would meet the same fault, and say so to its user.
            LOG.log(System.Logger.Level.DEBUG, "Warm-up failed", e);
        }
        if (isWanted()) {
            release.run();
        }
    }

    private void runSteps() {
        long start = System.nanoTime();
        for (Runnable step : work.steps()) {
            if (!isWanted() || System.nanoTime() - start >= longest.toNanos()) {
                return;
            }
            step.run();
        }
    }

    private boolean isWanted() {
        return !closed && !busy.getAsBoolean();
    }

    /// Waits until it has ended.
    void await() throws InterruptedException {
        thread.join();
    }

    /// Starts no further step and waits for the present one.
    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
