package io.neuralake.exec.scheduler;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Arrays;
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
/// Only so many queries share the workers: beyond that each would get turns so rarely that what it has
/// in the caches is gone, and all would hold their memory for longer. A query is let in when it
/// begins; one that has used more than [#SHORT_NANOS], and again more than [#LONG_NANOS], goes on when
/// fewer than `places` that have grown as far have work, in the order in which they came. So short
/// queries wait for none, and others for none that are longer.
///
/// Not thread-safe.
final class RunQueue {
    /// Time of workers up to which a query needs no place.
    static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /// Time of workers from which on a query needs a place among the long ones.
    static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(2);

    /// Time of workers for which a query has a full share.
    static final long FULL_SHARE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// How many times faster the virtual time of the longest queries runs.
    static final int MOST_SLOWDOWN = 4;

    private static final int LEVELS = 3;

    private final long sliceNanos;
    private final int places;

    /// In the order in which they came.
    private final List<TaskGroup> groups = new ArrayList<>();

    private final int[] taken = new int[LEVELS];
    private long virtualNanos;

    /// A turn of a worker, whose time was charged ahead, so that several workers that come at once
    /// spread over the queries.
    ///
    /// @param chargedNanos virtual time charged
    record Turn(ScheduledUnit unit, long chargedNanos) {}

    /// Makes a queue.
    ///
    /// @param sliceNanos what a turn is charged before its end
    /// @param places how many queries of a level share the workers
    RunQueue(long sliceNanos, int places) {
        this.sliceNanos = sliceNanos;
        this.places = places;
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
        admit();
        TaskGroup best = null;
        for (TaskGroup group : groups) {
            if (eligible(group) && (best == null || before(group, best))) {
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

    private static int level(TaskGroup group) {
        return group.usedNanos < SHORT_NANOS ? 0 : group.usedNanos < LONG_NANOS ? 1 : 2;
    }

    private static boolean eligible(TaskGroup group) {
        return group.eligible() && level(group) <= group.level;
    }

    /// Lets queries in that have grown, where there is room. Queries without work take no place.
    private void admit() {
        Arrays.fill(taken, 0);
        for (TaskGroup group : groups) {
            if (group.active() && level(group) <= group.level) {
                taken[level(group)]++;
            }
        }
        for (TaskGroup group : groups) {
            int level = level(group);
            if (level > group.level && group.active() && taken[level] < places) {
                group.level = level;
                taken[level]++;
            }
        }
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
        admit();
        for (TaskGroup group : groups) {
            if (eligible(group)) {
                return true;
            }
        }
        return false;
    }

    /// Tells whether a query waits for a worker that has used less than a slice.
    boolean youngWaits() {
        for (TaskGroup group : groups) {
            if (eligible(group) && group.running == 0 && group.usedNanos < sliceNanos) {
                return true;
            }
        }
        return false;
    }
}
