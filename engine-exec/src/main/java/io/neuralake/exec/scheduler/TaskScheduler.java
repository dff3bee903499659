package io.neuralake.exec.scheduler;

import io.neuralake.exec.scheduler.ScheduledUnit.Continuation;
import io.neuralake.exec.scheduler.ScheduledUnit.Slice;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Runs the tasks of all queries on a fixed number of platform threads. After each slice of about 5
/// ms the free worker goes to the query that has used least, so that a short query overtakes a long
/// one. A new query starts a little behind the least that a running query has used; otherwise a
/// stream of new queries would starve the old ones.
///
/// Blocked tasks hold no thread. Code deep inside a task that cannot return (an operator that emits
/// without end to a full sink) calls [#suspendUntil] or [#yieldIfDue]: its thread sleeps and a spare
/// one takes its place, so that always `threads` threads work. Thread-safe.
public final class TaskScheduler implements AutoCloseable {
    /// Time after which a task gives its worker back.
    public static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final long HEAD_START_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// Deep plans push batches through deep stacks.
    private static final long STACK_BYTES = 16L << 20;

    private static final System.Logger LOG = System.getLogger(TaskScheduler.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition exited = lock.newCondition();
    private final ThreadLocal<@Nullable RunningSlice> current = new ThreadLocal<>();
    private final List<TaskGroup> groups = new ArrayList<>();
    private final int threads;
    private int liveThreads;
    private int idleThreads;
    private int suspendedThreads;
    private int active;
    private int threadNumber;
    private boolean closed;
    private volatile boolean contended;

    private static final class RunningSlice {
        private final TaskGroup group;
        private long startNanos;

        private RunningSlice(TaskGroup group, long startNanos) {
            this.group = group;
            this.startNanos = startNanos;
        }
    }

    /// Starts the workers.
    public TaskScheduler(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("Threads must be positive: " + threads);
        }
        this.threads = threads;
        lock.lock();
        try {
            for (int i = 0; i < threads; i++) {
                startThread();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Returns the number of workers.
    public int threads() {
        return threads;
    }

    /// Opens the account of a query. Call [#remove] at its end.
    ///
    /// @param maxRunning most tasks that run at a time
    public TaskGroup newGroup(String name, int maxRunning) {
        lock.lock();
        try {
            long least = Long.MAX_VALUE;
            for (TaskGroup group : groups) {
                least = Math.min(least, group.usedNanos);
            }
            long start = groups.isEmpty() ? 0 : least - HEAD_START_NANOS;
            TaskGroup group = new TaskGroup(name, maxRunning, start);
            groups.add(group);
            return group;
        } finally {
            lock.unlock();
        }
    }

    /// Forgets a query that has no tasks left.
    public void remove(TaskGroup group) {
        lock.lock();
        try {
            groups.remove(group);
        } finally {
            lock.unlock();
        }
    }

    /// Queues a task. Throws IllegalStateException after [#close].
    public void submit(TaskGroup group, Task task) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("Scheduler is closed");
            }
            enqueue(new Slice(group, task));
        } finally {
            lock.unlock();
        }
    }

    /// Wakes all blocked tasks of a query, so that they see its cancellation; from now on none blocks.
    public void wakeAll(TaskGroup group) {
        lock.lock();
        try {
            group.awake = true;
            List<ScheduledUnit> units = List.copyOf(group.parked);
            group.parked.clear();
            units.forEach(this::enqueue);
        } finally {
            lock.unlock();
        }
    }

    /// Waits for `until` (or the query's cancellation) in the middle of a task, while another thread
    /// takes this one's place. Outside of a worker it just waits.
    public void suspendUntil(CompletableFuture<?> until) {
        RunningSlice slice = current.get();
        if (slice == null) {
            until.exceptionally(_ -> null).join();
        } else if (!until.isDone()) {
            suspend(slice, until);
        }
    }

    /// Lets others work when this thread's slice is used up and somebody waits.
    public void yieldIfDue() {
        RunningSlice slice = current.get();
        if (slice != null && contended && System.nanoTime() - slice.startNanos > SLICE_NANOS) {
            suspend(slice, null);
        }
    }

    private void suspend(RunningSlice slice, @Nullable CompletableFuture<?> until) {
        lock.lock();
        try {
            endSlice(slice);
            Continuation continuation = new Continuation(slice.group, lock.newCondition());
            suspendedThreads++;
            if (until == null) {
                enqueue(continuation);
            } else {
                park(continuation, until);
            }
            if (liveThreads - suspendedThreads < threads) {
                startThread();
            }
            work.signal();
            while (!continuation.resumed) {
                continuation.wake.awaitUninterruptibly();
            }
            suspendedThreads--;
            slice.startNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(ScheduledUnit unit) {
        unit.group().ready.add(unit);
        updateContended();
        if (active < threads) {
            work.signal();
        }
    }

    private void park(ScheduledUnit unit, CompletableFuture<?> until) {
        if (unit.group().awake) {
            enqueue(unit);
            return;
        }
        unit.group().parked.add(unit);
        CompletableFuture<?> _ =
                until.whenComplete(
                        (_, _) -> {
                            lock.lock();
                            try {
                                if (unit.group().parked.remove(unit)) {
                                    enqueue(unit);
                                }
                            } finally {
                                lock.unlock();
                            }
                        });
    }

    private @Nullable ScheduledUnit pick() {
        TaskGroup best = null;
        for (TaskGroup group : groups) {
            if (group.eligible() && (best == null || group.usedNanos < best.usedNanos)) {
                best = group;
            }
        }
        if (best == null) {
            return null;
        }
        ScheduledUnit unit = best.ready.remove();
        best.running++;
        best.usedNanos += SLICE_NANOS; // charged ahead, corrected in endSlice
        active++;
        updateContended();
        return unit;
    }

    private void endSlice(RunningSlice slice) {
        TaskGroup group = slice.group;
        group.usedNanos += System.nanoTime() - slice.startNanos - SLICE_NANOS;
        group.running--;
        active--;
    }

    private void updateContended() {
        boolean waiting = false;
        for (TaskGroup group : groups) {
            waiting |= group.eligible();
        }
        contended = waiting;
    }

    private void startThread() {
        liveThreads++;
        Thread thread =
                new Thread(null, this::work, "neuralake-worker-" + threadNumber++, STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
    }

    private void work() {
        lock.lock();
        try {
            while (true) {
                ScheduledUnit unit = next();
                if (unit == null) {
                    return;
                }
                switch (unit) {
                    case Continuation c -> {
                        c.resumed = true; // its thread takes over this one's place
                        c.wake.signal();
                    }
                    case Slice slice -> run(slice);
                }
            }
        } finally {
            liveThreads--;
            exited.signalAll();
            lock.unlock();
        }
    }

    /// Waits for something to do; null when the thread should end.
    private @Nullable ScheduledUnit next() {
        while (true) {
            ScheduledUnit unit = active < threads ? pick() : null;
            if (unit != null) {
                return unit;
            }
            if (closed || liveThreads - suspendedThreads > 2 * threads) {
                return null;
            }
            idleThreads++;
            work.awaitUninterruptibly();
            idleThreads--;
        }
    }

    private void run(Slice slice) {
        RunningSlice running = new RunningSlice(slice.group(), System.nanoTime());
        current.set(running);
        TaskStatus status = TaskStatus.Finished.INSTANCE;
        lock.unlock();
        try {
            status = slice.task().run(running.startNanos + SLICE_NANOS);
        } catch (Throwable t) {
            LOG.log(System.Logger.Level.ERROR, "Task broke its contract and threw", t);
        } finally {
            current.remove();
            lock.lock();
        }
        endSlice(running);
        switch (status) {
            case TaskStatus.Yielded _ -> enqueue(slice);
            case TaskStatus.Blocked blocked -> park(slice, blocked.until());
            case TaskStatus.Finished _ -> updateContended();
        }
    }

    /// Returns threads that wait for work; for tests and metrics.
    public int idleThreads() {
        lock.lock();
        try {
            return idleThreads;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the workers when their queues are empty, and waits for them. Queries must have ended.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            work.signalAll();
            while (liveThreads > 0) {
                exited.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
