package io.neuralake.exec.spill;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.spi.memory.Spillable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class SpillArbiterTest {
    private static final long LIMIT = 1000;
    private static final long RESERVE = LIMIT / 6;

    private final AtomicLong used = new AtomicLong();
    private final SpillArbiter arbiter = new SpillArbiter(() -> LIMIT - used.get(), LIMIT, false);

    /// State that counts what it spills.
    private final class State implements Spillable {
        private final AtomicLong bytes = new AtomicLong();
        private final AtomicLong spilled = new AtomicLong();
        private final SpillTurn turn = arbiter.register(this);

        private State(long size) {
            grow(size);
        }

        private void grow(long more) {
            used.addAndGet(more);
            bytes.addAndGet(more);
        }

        @Override
        public long spillableBytes() {
            return bytes.get();
        }

        @Override
        public long spill(long targetBytes) {
            long freed = bytes.getAndSet(0);
            used.addAndGet(-freed);
            spilled.addAndGet(freed);
            return freed;
        }
    }

    private static void onNewThread(Runnable task) {
        Thread.ofPlatform().daemon().start(task);
    }

    @Test
    void nothingSpillsWhileMemoryIsEnough() {
        State state = new State(500);
        state.turn.begin(LIMIT - RESERVE - 500);
        state.turn.end();
        assertThat(state.spilled).hasValue(0);
        assertThat(arbiter.isShort(LIMIT - RESERVE - 500)).isFalse();
    }

    @Test
    void theLargestSpillsFirst() {
        State small = new State(100);
        State large = new State(400);
        State middle = new State(300);
        middle.turn.begin(200);
        middle.turn.end();
        assertThat(large.spilled).hasValue(400);
        assertThat(small.spilled).hasValue(0);
        assertThat(middle.spilled).hasValue(0);
    }

    @Test
    void whoBeginsSpillsItsOwnState() {
        State only = new State(700);
        only.turn.begin(300);
        assertThat(only.spilled).hasValue(700);
        only.turn.end();
    }

    @Test
    void busyStateSpillsWhenItsTurnEnds() {
        State busy = new State(700);
        busy.turn.begin(0);
        CompletableFuture.runAsync(() -> arbiter.makeRoom(500), SpillArbiterTest::onNewThread)
                .join();
        assertThat(busy.spilled).hasValue(0);
        busy.turn.end();
        assertThat(busy.spilled).hasValue(700);
    }

    @Test
    void allocationsBeyondTheLimitWaitForBusyState() throws InterruptedException {
        State busy = new State(700);
        busy.turn.begin(0);
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Boolean> made =
                CompletableFuture.supplyAsync(
                        () -> {
                            asked.countDown();
                            return arbiter.makeRoomOrWait(500);
                        },
                        SpillArbiterTest::onNewThread);
        asked.await();
        busy.turn.end();
        assertThat(made.join()).isTrue();
        assertThat(busy.spilled).hasValue(700);
    }

    @Test
    void twoWhoWaitForEachOtherGiveUp() {
        State left = new State(450);
        State right = new State(450);
        CountDownLatch begun = new CountDownLatch(2);
        List<CompletableFuture<Boolean>> both = new ArrayList<>();
        for (State state : List.of(left, right)) {
            both.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                state.turn.begin(0);
                                begun.countDown();
                                try {
                                    begun.await();
                                    return arbiter.makeRoomOrWait(800);
                                } catch (InterruptedException e) {
                                    throw new IllegalStateException(e);
                                } finally {
                                    state.turn.end();
                                }
                            },
                            SpillArbiterTest::onNewThread));
        }
        // At least one cannot be helped; the other may use what that one spilled as it left.
        assertThat(both.stream().filter(f -> !f.join()).count()).isPositive();
    }

    @Test
    void whoWorksOnNothingWaitsForAllWhoGrow() throws InterruptedException {
        State busy = new State(100);
        busy.turn.begin(600);
        State next = new State(0);
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Long> heldAtBegin =
                CompletableFuture.supplyAsync(
                        () -> {
                            asked.countDown();
                            next.turn.begin(600);
                            long held = used.get();
                            next.turn.end();
                            return held;
                        },
                        SpillArbiterTest::onNewThread);
        asked.await();
        busy.grow(600);
        busy.turn.end();
        assertThat(heldAtBegin.join()).isZero();
        assertThat(busy.spilled).hasValue(700);
    }

    @Test
    void whatCanNeverFitBeginsWhenNobodyElseGrows() {
        State state = new State(0);
        used.set(LIMIT);
        state.turn.begin(600);
        state.turn.end();
        assertThat(arbiter.fits(-LIMIT)).isTrue();
    }

    @Test
    void theReserveIsKeptWhileSomebodyMayGiveRoom() throws InterruptedException {
        State busy = new State(LIMIT - RESERVE);
        busy.turn.begin(0);
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<Long> held =
                CompletableFuture.supplyAsync(
                        () -> {
                            asked.countDown();
                            arbiter.makeRoomBesideReserve(100);
                            return used.get();
                        },
                        SpillArbiterTest::onNewThread);
        asked.await();
        busy.turn.end();
        assertThat(held.join()).isZero();
    }

    @Test
    void closedTurnsAreLeftAlone() {
        State state = new State(900);
        state.turn.close();
        assertThat(arbiter.makeRoomOrWait(500)).isFalse();
        assertThat(state.spilled).hasValue(0);
    }

    @Test
    void everythingSpillsAtEveryTurnWhenAsked() {
        SpillArbiter always = new SpillArbiter(() -> Long.MAX_VALUE, Long.MAX_VALUE, true);
        List<Long> targets = new ArrayList<>();
        SpillTurn turn =
                always.register(
                        new Spillable() {
                            @Override
                            public long spillableBytes() {
                                return 1;
                            }

                            @Override
                            public long spill(long targetBytes) {
                                targets.add(targetBytes);
                                return 1;
                            }
                        });
        turn.begin(0);
        turn.end();
        turn.begin(0);
        turn.end();
        assertThat(targets).hasSize(2);
    }

    @Test
    void workersNeverExceedTheLimitNorStarve() {
        int workers = 4;
        AtomicLong failures = new AtomicLong();
        List<State> states = new ArrayList<>();
        for (int w = 0; w < workers; w++) {
            states.add(new State(0));
        }
        List<CompletableFuture<Void>> runs = new ArrayList<>();
        for (State state : states) {
            runs.add(
                    CompletableFuture.runAsync(
                            () -> {
                                for (int i = 0; i < 20_000; i++) {
                                    state.turn.begin(20);
                                    // in the midst of the work
                                    if (arbiter.isShort(20)) {
                                        arbiter.makeRoom(20);
                                    }
                                    if (LIMIT - used.get() < 20 && !arbiter.makeRoomOrWait(20)) {
                                        failures.incrementAndGet();
                                    } else {
                                        state.grow(20);
                                    }
                                    state.turn.end();
                                }
                            },
                            SpillArbiterTest::onNewThread));
        }
        runs.forEach(CompletableFuture::join);
        assertThat(failures).hasValue(0);
        assertThat(states.stream().mapToLong(s -> s.spilled.get() + s.bytes.get()).sum())
                .isEqualTo(20L * 20_000 * workers);
    }
}
