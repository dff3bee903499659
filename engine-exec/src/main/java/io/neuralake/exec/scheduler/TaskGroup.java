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

    /// Time of workers so far, without slices that still run.
    long usedNanos;

    /// Place in the order of queries; see [RunQueue].
    long virtualNanos;

    /// The highest level at which the query was let in; see [RunQueue].
    int level;

    /// Set by cancellation: nothing of the query waits any more.
    boolean awake;

    TaskGroup(String name, int maxRunning, long virtualNanos) {
        this.name = name;
        this.maxRunning = maxRunning;
        this.virtualNanos = virtualNanos;
    }

    boolean eligible() {
        return running < maxRunning && !ready.isEmpty();
    }

    boolean active() {
        return running > 0 || !ready.isEmpty();
    }
}
