package io.neuralake.exec.scheduler;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Queue;
import java.util.Set;

/// The tasks of one query, as the scheduler sees them. All fields are guarded by the scheduler's
/// lock.
public final class TaskGroup {
    final String name;
    final int maxRunning;
    final Queue<ScheduledUnit> ready = new ArrayDeque<>();
    final Set<ScheduledUnit> parked = Collections.newSetFromMap(new IdentityHashMap<>());
    int running;
    long usedNanos;

    /// Set by cancellation: nothing of the query waits any more.
    boolean awake;

    TaskGroup(String name, int maxRunning, long usedNanos) {
        this.name = name;
        this.maxRunning = maxRunning;
        this.usedNanos = usedNanos;
    }

    boolean eligible() {
        return running < maxRunning && !ready.isEmpty();
    }
}
