package io.neuralake.exec.scheduler;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Decides which query a free worker goes to: fair queueing by virtual time, as in Linux's CFS.
///
/// A query's virtual time is the time that workers spent on it, and the query whose virtual time is
/// least comes next; so queries that have work get equal shares of the workers. A new query starts
/// at the virtual time of the whole, the least of all queries with work, which never goes back:
/// before those that are ahead of their share, and before those equally far that have used more,
/// but it does not overtake a query for ever that waits for its share. Nor does one that had no work
/// for a while save up what it left to others.
///
/// Beyond [#FULL_SHARE_NANOS] a query's virtual time runs faster, up to [#MOST_SLOWDOWN] times: a
/// scan of minutes leaves most of the machine to short queries, and still gets at least that part of
/// an equal share. Shares that decay are described in "Self-Tuning Query Scheduling for Analytical
/// Workloads" (Wagner, Kohn, Neumann, 2021).
///
/// Not thread-safe.
final class RunQueue {
    /// Time of workers for which a query has a full share.
    static final long FULL_SHARE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// How many times faster the virtual time of the longest queries runs.
    static final int MOST_SLOWDOWN = 4;

    private final long sliceNanos;
    private final List<TaskGroup> groups = new ArrayList<>();
    private long virtualNanos;

    /// A turn of a worker, whose time was charged ahead, so that several workers that come at once
    /// spread over the queries.
    ///
    /// @param chargedNanos virtual time charged
    record Turn(ScheduledUnit unit, long chargedNanos) {}

    /// Makes a queue.
    ///
    /// @param sliceNanos what a turn is charged before its end
    RunQueue(long sliceNanos) {
        this.sliceNanos = sliceNanos;
    }

    TaskGroup open(String name, int maxRunning) {
        TaskGroup group = new TaskGroup(name, maxRunning, virtualNanos);
        groups.add(group);
        return group;
    }

    void close(TaskGroup group) {
        groups.remove(group);
    }

    /// Queues a unit behind those of its query.
    void add(ScheduledUnit unit) {
        TaskGroup group = unit.group();
        if (!group.active()) {
            group.virtualNanos = Math.max(group.virtualNanos, virtualNanos);
        }
        group.ready.add(unit);
    }

    /// Takes what a free worker should do; null when there is nothing. [#end] must follow.
    @Nullable Turn take() {
        advance();
        TaskGroup best = null;
        for (TaskGroup group : groups) {
            if (group.eligible() && (best == null || before(group, best))) {
                best = group;
            }
        }
        if (best == null) {
            return null;
        }
        long charged = charge(best, sliceNanos);
        best.virtualNanos += charged;
        best.running++;
        return new Turn(best.ready.remove(), charged);
    }

    private static boolean before(TaskGroup one, TaskGroup other) {
        return one.virtualNanos != other.virtualNanos
                ? one.virtualNanos < other.virtualNanos
                : one.usedNanos < other.usedNanos;
    }

    private static long charge(TaskGroup group, long nanos) {
        double slowdown = (double) group.usedNanos / FULL_SHARE_NANOS;
        return (long) (nanos * Math.clamp(slowdown, 1, MOST_SLOWDOWN));
    }

    /// Ends a turn that took so long.
    void end(TaskGroup group, long chargedNanos, long nanos) {
        group.virtualNanos += charge(group, nanos) - chargedNanos;
        group.usedNanos += nanos;
        group.running--;
    }

    /// Lets the virtual time of the whole follow. Between the end of a turn and the queueing of its
    /// rest it must not, since the query would lose its place.
    private void advance() {
        long least = Long.MAX_VALUE;
        for (TaskGroup group : groups) {
            if (group.active()) {
                least = Math.min(least, group.virtualNanos);
            }
        }
        if (least != Long.MAX_VALUE) {
            virtualNanos = Math.max(virtualNanos, least);
        }
    }

    /// Tells whether a query waits for a worker.
    boolean contended() {
        for (TaskGroup group : groups) {
            if (group.eligible()) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether a query waits for a worker that has used less than a slice.
    boolean youngWaits() {
        for (TaskGroup group : groups) {
            if (group.eligible() && group.running == 0 && group.usedNanos < sliceNanos) {
                return true;
            }
        }
        return false;
    }
}
