package io.neuralake.server;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Runs steps that make later work faster, one after the other on one thread of low priority. It
/// gives way for good as soon as there is real work, between two steps, and leaves out what is left after a few
/// seconds, but for the last step, which gives back what the others used.
public final class BackgroundWarmUp implements AutoCloseable {
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final System.Logger LOG = System.getLogger(BackgroundWarmUp.class.getName());

    private final List<Runnable> steps;
    private final BooleanSupplier busy;
    private final Thread thread;
    private volatile boolean closed;

    private BackgroundWarmUp(List<Runnable> steps, BooleanSupplier busy) {
        this.steps = List.copyOf(steps);
        this.busy = busy;
        this.thread = Thread.ofPlatform().name("warm-up").daemon().unstarted(this::run);
        this.thread.setPriority(Thread.MIN_PRIORITY);
    }

    /// Starts.
    ///
    /// @param busy tells whether there is real work; asked before each step
    public static BackgroundWarmUp start(List<Runnable> steps, BooleanSupplier busy) {
        BackgroundWarmUp warmUp = new BackgroundWarmUp(steps, busy);
        warmUp.thread.start();
        return warmUp;
    }

    private void run() {
        long start = System.nanoTime();
        for (int i = 0; i < steps.size(); i++) {
            if (closed || busy.getAsBoolean()) {
                return;
            }
            if (System.nanoTime() - start > LONGEST_NANOS && i < steps.size() - 1) {
                continue;
            }
            try {
                steps.get(i).run();
            } catch (RuntimeException e) {
                // The next query would meet the same fault, and say so to its user.
                LOG.log(System.Logger.Level.DEBUG, "Warm-up failed", e);
                return;
            }
        }
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
