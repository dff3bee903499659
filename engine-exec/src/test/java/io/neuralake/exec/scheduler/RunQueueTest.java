package io.neuralake.exec.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.scheduler.RunQueue.Turn;
import io.neuralake.exec.scheduler.ScheduledUnit.Slice;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/// The order of queries, in simulated time: no thread and no clock takes part.
class RunQueueTest {
    private static final long MILLI = 1_000_000;
    private static final long SLICE = 5 * MILLI;
    private static final int PLACES = 8;

    /// Workers that take turns of a queue, in simulated time.
    private static final class Simulation {
        private final RunQueue queue = new RunQueue(SLICE, PLACES);
        private final int workers;
        private final PriorityQueue<Running> running =
                new PriorityQueue<>(Comparator.comparingLong(Running::endNanos));
        private long nowNanos;

        private record Running(Query query, Turn turn, long startNanos, long endNanos) {}

        Simulation(int workers) {
            this.workers = workers;
        }

        /// Lets workers take turns until a time.
        void runUntil(long nanos) {
            while (true) {
                while (running.size() < workers) {
                    Turn turn = queue.take();
                    if (turn == null) {
                        break;
                    }
                    Query query = ((Work) ((Slice) turn.unit()).task()).query;
                    long took = Math.min(SLICE, query.leftNanos - query.runningNanos);
                    query.runningNanos += took;
                    running.add(new Running(query, turn, nowNanos, nowNanos + took));
                }
                Running next = running.peek();
                if (next == null || next.endNanos() > nanos) {
                    nowNanos = nanos;
                    return;
                }
                running.remove();
                nowNanos = next.endNanos();
                next.query.turnEnded(next.turn, nowNanos - next.startNanos);
            }
        }

        /// Announces a query with so much work, which up to two workers share.
        Query query(long workNanos) {
            return new Query(this, workNanos, () -> 0);
        }

        /// Announces a client that asks its next query as soon as it has the answer.
        Query client(LongSupplier workNanos) {
            return new Query(this, workNanos.getAsLong(), workNanos);
        }
    }

    private record Work(Query query) implements Task {
        @Override
        public TaskStatus run(long deadlineNanos) {
            throw new IllegalStateException("Only simulated");
        }
    }

    private static final class Query {
        private final Simulation simulation;
        private final LongSupplier next;
        private final List<Long> times = new ArrayList<>();
        private TaskGroup group;
        private long startNanos;
        private long leftNanos;
        private long runningNanos;
        private long usedNanos;

        Query(Simulation simulation, long workNanos, LongSupplier next) {
            this.simulation = simulation;
            this.next = next;
            begin(workNanos);
        }

        private void begin(long workNanos) {
            group = simulation.queue.open("query", 2);
            startNanos = simulation.nowNanos;
            leftNanos = workNanos;
            ready();
            ready();
        }

        private void ready() {
            simulation.queue.add(new Slice(group, new Work(this)));
        }

        private void turnEnded(Turn turn, long took) {
            simulation.queue.end(group, turn.chargedNanos(), took);
            usedNanos += took;
            leftNanos -= took;
            runningNanos -= took;
            if (leftNanos - runningNanos > 0) {
                ready();
            } else if (group.running == 0) {
                simulation.queue.close(group);
                times.add(simulation.nowNanos - startNanos);
                long work = next.getAsLong();
                if (work > 0) {
                    begin(work);
                }
            }
        }

        boolean ended() {
            return leftNanos == 0;
        }
    }

    @Test
    void newQueryComesNext() {
        Simulation simulation = new Simulation(1);
        for (int i = 0; i < 4; i++) {
            simulation.query(1_000_000 * MILLI);
        }
        simulation.runUntil(10_000 * MILLI);
        Query lookup = simulation.query(MILLI);
        simulation.runUntil(simulation.nowNanos + SLICE + MILLI);
        assertThat(lookup.ended()).isTrue();
    }

    @Test
    void lookupsOvertakeManyScans() {
        Simulation simulation = new Simulation(2);
        for (int i = 0; i < 8; i++) {
            simulation.query(1_000_000 * MILLI);
        }
        simulation.runUntil(1_000 * MILLI);
        Query lookups = simulation.client(() -> MILLI / 2);
        simulation.runUntil(10_000 * MILLI);
        assertThat(lookups.times).hasSizeGreaterThan(1000);
        assertThat(lookups.times).allMatch(nanos -> nanos <= 2 * SLICE);
    }

    @Test
    void queriesOfOneKindGetEqualShares() {
        Simulation simulation = new Simulation(2);
        List<Query> queries = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            queries.add(simulation.query(1_000_000 * MILLI));
        }
        simulation.runUntil(10_000 * MILLI);
        assertThat(queries)
                .allSatisfy(
                        query ->
                                assertThat(query.usedNanos)
                                        .isBetween(3_900 * MILLI, 4_100 * MILLI));
    }

    @Test
    void lateQueryDoesNotMakeUpForWhatOthersHadBefore() {
        Simulation simulation = new Simulation(1);
        Query early = simulation.query(1_000_000 * MILLI);
        simulation.runUntil(10_000 * MILLI);
        Query late = simulation.query(1_000_000 * MILLI);
        long before = early.usedNanos;
        simulation.runUntil(20_000 * MILLI);
        // A full share at first, an equal one from then on.
        assertThat(late.usedNanos).isBetween(5_000 * MILLI, 5_400 * MILLI);
        assertThat(early.usedNanos - before).isGreaterThan(4_600 * MILLI);
    }

    @Test
    void newQueriesWithoutEndStarveNone() {
        Simulation simulation = new Simulation(2);
        for (int i = 0; i < 7; i++) {
            simulation.client(() -> 40 * MILLI);
        }
        Query long1 = simulation.query(1_000 * MILLI);
        // A quarter of an equal share of both workers is 62.5 ms a second.
        simulation.runUntil(17_000 * MILLI);
        assertThat(long1.ended()).isTrue();
    }

    @Test
    void clientsOfMixedQueriesWaitAsLongAsTheirQueriesAre() {
        Simulation simulation = new Simulation(2);
        List<Query> clients = new ArrayList<>();
        long[] work = {12, 30, 40, 50, 70, 90, 180};
        for (int i = 0; i < 8; i++) {
            int[] asked = {i};
            clients.add(simulation.client(() -> work[(asked[0]++ * 5) % work.length] * MILLI));
        }
        simulation.runUntil(60_000 * MILLI);
        // Alone the longest takes 90 ms. Beside seven others it may take eight times as long, and
        // somewhat more, since its share declines.
        assertThat(clients.stream().flatMap(client -> client.times.stream()))
                .hasSizeGreaterThan(1500)
                .allMatch(nanos -> nanos < 1_000 * MILLI);
    }

    @Test
    void longQueryLeavesMostToShortOnes() {
        Simulation simulation = new Simulation(1);
        Query scan = simulation.query(1_000_000 * MILLI);
        simulation.runUntil(1_000 * MILLI);
        long before = scan.usedNanos;
        Query dashboard = simulation.client(() -> 50 * MILLI);
        simulation.runUntil(11_000 * MILLI);
        assertThat(scan.usedNanos - before).isBetween(1_800 * MILLI, 2_100 * MILLI);
        assertThat(dashboard.usedNanos).isBetween(7_900 * MILLI, 8_200 * MILLI);
    }

    @Test
    void queryWithoutWorkSavesNothing() {
        Simulation simulation = new Simulation(1);
        TaskGroup blocked = simulation.queue.open("blocked", 1);
        Query steady = simulation.query(1_000_000 * MILLI);
        simulation.runUntil(10_000 * MILLI);
        assertThat(blocked.virtualNanos).isZero();
        simulation.queue.add(new Slice(blocked, new Work(steady)));
        // The steady query's turn is charged already.
        long steadyNanos = steady.group.virtualNanos;
        assertThat(blocked.virtualNanos)
                .isBetween(steadyNanos - RunQueue.MOST_SLOWDOWN * SLICE, steadyNanos);
    }

    @Test
    void queryBetweenItsTurnsKeepsItsPlace() {
        RunQueue queue = new RunQueue(SLICE, PLACES);
        TaskGroup ahead = queue.open("ahead", 1);
        queue.add(new Slice(ahead, new Work(null)));
        Turn first = queue.take();
        queue.end(ahead, first.chargedNanos(), 1_000 * MILLI);
        TaskGroup behind = queue.open("behind", 1);
        queue.add(new Slice(behind, new Work(null)));
        queue.add(first.unit());
        for (int i = 0; i < 10; i++) {
            Turn turn = queue.take();
            assertThat(turn.unit().group()).isSameAs(behind);
            queue.end(behind, turn.chargedNanos(), SLICE);
            queue.add(turn.unit());
        }
    }

    @Test
    void groupRunsNoMoreThanItsTasks() {
        RunQueue queue = new RunQueue(SLICE, PLACES);
        TaskGroup group = queue.open("query", 2);
        for (int i = 0; i < 3; i++) {
            queue.add(new Slice(group, new Work(null)));
        }
        assertThat(queue.take()).isNotNull();
        assertThat(queue.take()).isNotNull();
        assertThat(queue.take()).isNull();
        assertThat(queue.contended()).isFalse();
    }

    @Test
    void onlyQueriesThatHardlyBeganMakeOthersHurry() {
        RunQueue queue = new RunQueue(SLICE, PLACES);
        TaskGroup old = queue.open("old", 2);
        queue.add(new Slice(old, new Work(null)));
        assertThat(queue.youngWaits()).isTrue();
        Turn turn = queue.take();
        assertThat(queue.youngWaits()).isFalse();
        queue.end(old, turn.chargedNanos(), SLICE);
        queue.add(turn.unit());
        assertThat(queue.contended()).isTrue();
        assertThat(queue.youngWaits()).isFalse();
    }

    @Test
    void queriesBeyondThePlacesWait() {
        Simulation simulation = new Simulation(2);
        List<Query> queries = new ArrayList<>();
        for (int i = 0; i < 3 * PLACES; i++) {
            queries.add(simulation.query(400 * MILLI));
        }
        simulation.runUntil(1_000 * MILLI);
        long started = queries.stream().filter(query -> query.usedNanos > 100 * MILLI).count();
        assertThat(started).isEqualTo(PLACES);
        assertThat(queries)
                .filteredOn(query -> query.usedNanos <= 100 * MILLI)
                .allSatisfy(
                        query ->
                                assertThat(query.usedNanos)
                                        .isBetween(
                                                RunQueue.SHORT_NANOS,
                                                RunQueue.SHORT_NANOS + 2 * SLICE));
        simulation.runUntil(10_000 * MILLI);
        assertThat(queries).allMatch(Query::ended);
    }

    @Test
    void longQueriesTakeNoPlaceFromShorterOnes() {
        Simulation simulation = new Simulation(2);
        for (int i = 0; i < 3 * PLACES; i++) {
            simulation.query(1_000_000 * MILLI);
        }
        simulation.runUntil(100_000 * MILLI);
        Query dashboard = simulation.query(100 * MILLI);
        simulation.runUntil(101_000 * MILLI);
        assertThat(dashboard.ended()).isTrue();
    }

    @Test
    void queryThatWaitsForOthersTakesNoPlace() {
        RunQueue queue = new RunQueue(SLICE, 1);
        TaskGroup first = queue.open("first", 1);
        TaskGroup second = queue.open("second", 1);
        for (TaskGroup group : List.of(first, second)) {
            queue.add(new Slice(group, new Work(null)));
            Turn turn = queue.take();
            assertThat(turn.unit().group()).isSameAs(group);
            queue.end(group, turn.chargedNanos(), 20 * MILLI);
        }
        queue.add(new Slice(first, new Work(null)));
        queue.add(new Slice(second, new Work(null)));
        Turn turn = queue.take();
        assertThat(turn.unit().group()).isSameAs(first);
        assertThat(queue.take()).isNull();
        assertThat(queue.contended()).isFalse();
        queue.end(first, turn.chargedNanos(), SLICE); // now it is blocked, not queued again
        assertThat(queue.take().unit().group()).isSameAs(second);
    }
}
