package io.neuralake.server;

import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Runs steps that make later work faster, one after the other on one thread of low priority. It
/// gives way for good as soon as there is real work, and ends after 20 seconds at most: between
/// two steps. Then it waits until there was neither real work nor compilation of code for two
/// seconds, and gives back what both used, in several steps with such a rest before each: a
/// compiler holds tens of megabytes while it has work, and gets some by what runs for the first
/// time here.
public final class BackgroundWarmUp implements AutoCloseable {
    private static final Duration LONGEST = Duration.ofSeconds(20);
    private static final Duration REST = Duration.ofSeconds(2);

    /// How often it looks whether there is rest, for each time that rest has to last.
    private static final int LOOKS = 4;

    private static final System.Logger LOG = System.getLogger(BackgroundWarmUp.class.getName());

    private final WarmUp work;
    private final List<Runnable> releases;
    private final BooleanSupplier busy;
    private final Duration longest;
    private final Duration rest;
    private final Thread thread;
    private final CountDownLatch closed = new CountDownLatch(1);

    private BackgroundWarmUp(
            WarmUp work,
            List<Runnable> releases,
            BooleanSupplier busy,
            Duration longest,
            Duration rest) {
        this.work = work;
        this.releases = releases;
        this.busy = busy;
        this.longest = longest;
        this.rest = rest;
        this.thread = Thread.ofPlatform().name("warm-up").daemon().unstarted(this::run);
        this.thread.setPriority(Thread.MIN_PRIORITY);
    }

    /// Starts.
    ///
    /// @param work ended by this, whatever happens
    /// @param releases give back memory that the steps used; not called once this is closed
    /// @param busy tells whether there is real work; asked before each step and at rest
    public static BackgroundWarmUp start(
            WarmUp work, List<Runnable> releases, BooleanSupplier busy) {
        return start(work, releases, busy, LONGEST, REST);
    }

    static BackgroundWarmUp start(
            WarmUp work,
            List<Runnable> releases,
            BooleanSupplier busy,
            Duration longest,
            Duration rest) {
        BackgroundWarmUp warmUp = new BackgroundWarmUp(work, releases, busy, longest, rest);
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
        try {
            for (Runnable release : releases) {
                if (!awaitRest()) {
                    return;
                }
                release.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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

    /// Waits for a time without work; returns false when this is closed before.
    private boolean awaitRest() throws InterruptedException {
        long begin = System.nanoTime();
        long compiled = compilationMillis();
        while (System.nanoTime() - begin < rest.toNanos()) {
            if (closed.await(rest.toNanos() / LOOKS, TimeUnit.NANOSECONDS)) {
                return false;
            }
            long now = compilationMillis();
            if (busy.getAsBoolean() || now != compiled) {
                compiled = now;
                begin = System.nanoTime();
            }
        }
        return closed.getCount() > 0;
    }

    private static long compilationMillis() {
        // There is none in a JVM that only interprets.
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        return compiler != null && compiler.isCompilationTimeMonitoringSupported()
                ? compiler.getTotalCompilationTime()
                : 0;
    }

    private boolean isWanted() {
        return closed.getCount() > 0 && !busy.getAsBoolean();
    }

    /// Waits until it has ended.
    void await() throws InterruptedException {
        thread.join();
    }

    /// Starts no further step and waits for the present one.
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
