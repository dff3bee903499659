package io.neuralake.exec.scheduler;

import io.neuralake.exec.scheduler.RunQueue.Turn;
import io.neuralake.exec.scheduler.ScheduledUnit.Continuation;
import io.neuralake.exec.scheduler.ScheduledUnit.Slice;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Runs the tasks of all queries on a fixed number of platform threads. After each slice the free
/// worker goes to the query whose turn it is ([RunQueue]): all get fair shares, and short queries
/// overtake long ones. Slices take about 5 ms, and about 1 ms while a query waits that has hardly
/// begun.
///
/// Blocked tasks hold no thread. Code deep inside a task that cannot return (an operator that emits
/// without end to a full sink) calls [#suspendUntil] or [#yieldIfDue]: its thread sleeps and a spare
/// one takes its place, so that always `threads` threads work. Thread-safe.
public final class TaskScheduler implements AutoCloseable {
    /// Time after which a task gives its worker back.
    public static final long SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /// Time after which a task gives its worker to a query that has hardly begun.
    private static final long SHORT_SLICE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    /// Queries of one level that share the workers, at least and for each worker.
    private static final int MIN_PLACES = 8;

    private static final int PLACES_A_THREAD = 2;

    /// Deep plans push batches through deep stacks.
    private static final long STACK_BYTES = 16L << 20;

    private static final System.Logger LOG = System.getLogger(TaskScheduler.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition exited = lock.newCondition();
    private final ThreadLocal<@Nullable RunningSlice> current = new ThreadLocal<>();
    private final RunQueue queue;
    private final int threads;
    private int liveThreads;
    private int idleThreads;
    private int suspendedThreads;
    private int active;
    private int threadNumber;
    private boolean closed;

    /// After how long a slice ends when somebody else wants its worker; Long.MAX_VALUE while nobody
    /// does.
    private volatile long patienceNanos = Long.MAX_VALUE;

    private static final class RunningSlice {
        private final TaskGroup group;
        private long chargedNanos;
        private long startNanos = System.nanoTime();

        private RunningSlice(TaskGroup group, long chargedNanos) {
            this.group = group;
            this.chargedNanos = chargedNanos;
        }

        private void startAgain(long charged) {
            chargedNanos = charged;
            startNanos = System.nanoTime();
        }
    }

    /// Starts the workers.
    public TaskScheduler(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("Threads must be positive: " + threads);
        }
        this.threads = threads;
        this.queue = new RunQueue(SLICE_NANOS, Math.max(MIN_PLACES, PLACES_A_THREAD * threads));
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
            return queue.open(name, maxRunning);
        } finally {
            lock.unlock();
        }
    }

    /// Forgets a query that has no tasks left.
    public void remove(TaskGroup group) {
        lock.lock();
        try {
            queue.close(group);
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
        if (slice != null && isOver(slice)) {
            suspend(slice, null);
        }
    }

    /// Tells whether a task on this thread should return to let others work. Before its slice ends
    /// that is so only when somebody waits who has hardly begun.
    public boolean isYieldDue() {
        RunningSlice slice = current.get();
        return slice != null && isOver(slice);
    }

    private boolean isOver(RunningSlice slice) {
        long patience = patienceNanos;
        return patience != Long.MAX_VALUE && System.nanoTime() - slice.startNanos > patience;
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
            slice.startAgain(continuation.chargedNanos);
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(ScheduledUnit unit) {
        queue.add(unit);
        updatePatience();
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

    private @Nullable Turn pick() {
        Turn turn = queue.take();
        if (turn != null) {
            active++;
            updatePatience();
        }
        return turn;
    }

    private void endSlice(RunningSlice slice) {
        queue.end(slice.group, slice.chargedNanos, System.nanoTime() - slice.startNanos);
        active--;
    }

    private void updatePatience() {
        long patience =
                queue.youngWaits()
                        ? SHORT_SLICE_NANOS
                        : queue.contended() ? SLICE_NANOS : Long.MAX_VALUE;
        if (patience != patienceNanos) {
            patienceNanos = patience;
        }
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
                Turn turn = next();
                if (turn == null) {
                    return;
                }
                switch (turn.unit()) {
                    case Continuation c -> {
                        c.chargedNanos = turn.chargedNanos();
                        c.resumed = true; // its thread takes over this one's place
                        c.wake.signal();
                    }
                    case Slice slice -> run(slice, turn.chargedNanos());
                }
            }
        } finally {
            liveThreads--;
            exited.signalAll();
            lock.unlock();
        }
    }

    /// Waits for something to do; null when the thread should end.
    private @Nullable Turn next() {
        while (true) {
            Turn turn = active < threads ? pick() : null;
            if (turn != null) {
                return turn;
            }
            if (closed || liveThreads - suspendedThreads > 2 * threads) {
                return null;
            }
            idleThreads++;
            work.awaitUninterruptibly();
            idleThreads--;
        }
    }

    private void run(Slice slice, long chargedNanos) {
        RunningSlice running = new RunningSlice(slice.group(), chargedNanos);
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
            case TaskStatus.Finished _ -> updatePatience();
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
