package io.neuralake.exec.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(60)
class TaskSchedulerTest {
    private static TaskStatus finished() {
        return TaskStatus.Finished.INSTANCE;
    }

    @Test
    void runsATaskUntilItIsFinished() throws Exception {
        try (TaskScheduler scheduler = new TaskScheduler(2)) {
            CountDownLatch done = new CountDownLatch(1);
            AtomicInteger slices = new AtomicInteger();
            scheduler.submit(
                    scheduler.newGroup("q", 2),
                    deadline -> {
                        if (slices.incrementAndGet() < 10) {
                            return TaskStatus.Yielded.INSTANCE;
                        }
                        done.countDown();
                        return finished();
                    });
            done.await();
            assertThat(slices).hasValue(10);
        }
    }

    @Test
    void groupRunsNoMoreThanItsTasksAtATime() throws Exception {
        try (TaskScheduler scheduler = new TaskScheduler(4)) {
            TaskGroup group = scheduler.newGroup("q", 2);
            AtomicInteger running = new AtomicInteger();
            AtomicInteger most = new AtomicInteger();
            CountDownLatch done = new CountDownLatch(40);
            for (int i = 0; i < 40; i++) {
                scheduler.submit(
                        group,
                        deadline -> {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            Thread.yield();
                            running.decrementAndGet();
                            done.countDown();
                            return finished();
                        });
            }
            done.await();
            assertThat(most.get()).isBetween(1, 2);
        }
    }

    @Test
    void theGroupThatUsedLeastComesFirst() throws Exception {
        try (TaskScheduler scheduler = new TaskScheduler(1)) {
            TaskGroup busy = scheduler.newGroup("busy", 1);
            CountDownLatch started = new CountDownLatch(1);
            CompletableFuture<Void> release = new CompletableFuture<>();
            List<String> order = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch done = new CountDownLatch(3);
            scheduler.submit(
                    busy,
                    deadline -> {
                        started.countDown();
                        release.join();
                        while (System.nanoTime() < deadline) {
                            Thread.onSpinWait();
                        }
                        return finished();
                    });
            started.await();
            for (String name : List.of("busy 1", "busy 2")) {
                scheduler.submit(
                        busy,
                        deadline -> {
                            order.add(name);
                            done.countDown();
                            return finished();
                        });
            }
            scheduler.submit(
                    scheduler.newGroup("new", 1),
                    deadline -> {
                        order.add("new");
                        done.countDown();
                        return finished();
                    });
            release.complete(null);
            done.await();
            assertThat(order).containsExactly("new", "busy 1", "busy 2");
        }
    }

    @Test
    void blockedTaskGivesItsThreadBack() throws Exception {
        try (TaskScheduler scheduler = new TaskScheduler(1)) {
            TaskGroup group = scheduler.newGroup("q", 1);
            CompletableFuture<Void> until = new CompletableFuture<>();
            CountDownLatch done = new CountDownLatch(2);
            scheduler.submit(
                    group,
                    deadline -> {
                        if (!until.isDone()) {
                            return new TaskStatus.Blocked(until);
                        }
                        done.countDown();
                        return finished();
                    });
            scheduler.submit(
                    group,
                    deadline -> {
                        until.complete(null);
                        done.countDown();
                        return finished();
                    });
            done.await();
        }
    }

    @Test
    void suspendedThreadsAreReplaced() throws Exception {
        try (TaskScheduler scheduler = new TaskScheduler(1)) {
            TaskGroup group = scheduler.newGroup("q", 1);
            CompletableFuture<Void> until = new CompletableFuture<>();
            CountDownLatch suspended = new CountDownLatch(20);
            CountDownLatch done = new CountDownLatch(20);
            for (int i = 0; i < 20; i++) {
                scheduler.submit(
                        group,
                        deadline -> {
                            suspended.countDown();
                            scheduler.suspendUntil(until);
                            done.countDown();
                            return finished();
                        });
            }
            suspended.await();
            assertThat(done.getCount()).isEqualTo(20);
            until.complete(null);
            done.await();
        }
    }

    @Test
    void wakeAllWakesWhatIsBlockedAndSuspended() throws Exception {
        try (TaskScheduler scheduler = new TaskScheduler(2)) {
            TaskGroup group = scheduler.newGroup("q", 2);
            CompletableFuture<Void> never = new CompletableFuture<>();
            CountDownLatch waiting = new CountDownLatch(2);
            CountDownLatch done = new CountDownLatch(2);
            AtomicInteger asked = new AtomicInteger();
            scheduler.submit(
                    group,
                    deadline -> {
                        if (asked.getAndIncrement() == 0) {
                            waiting.countDown();
                            return new TaskStatus.Blocked(never);
                        }
                        done.countDown();
                        return finished();
                    });
            scheduler.submit(
                    group,
                    deadline -> {
                        waiting.countDown();
                        scheduler.suspendUntil(never);
                        done.countDown();
                        return finished();
                    });
            waiting.await();
            scheduler.wakeAll(group);
            done.await();
        }
    }

    @Test
    void taskThatThrowsDoesNotKillItsThread() throws Exception {
        try (TaskScheduler scheduler = new TaskScheduler(1)) {
            TaskGroup group = scheduler.newGroup("q", 1);
            scheduler.submit(
                    group,
                    deadline -> {
                        throw new IllegalStateException("seeded");
                    });
            CountDownLatch done = new CountDownLatch(1);
            scheduler.submit(
                    group,
                    deadline -> {
                        done.countDown();
                        return finished();
                    });
            done.await();
        }
    }

    @Test
    void longTaskYieldsInTheMiddle() throws Exception {
        try (TaskScheduler scheduler = new TaskScheduler(1)) {
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch other = new CountDownLatch(1);
            CountDownLatch done = new CountDownLatch(1);
            scheduler.submit(
                    scheduler.newGroup("long", 1),
                    deadline -> {
                        started.countDown();
                        while (other.getCount() > 0) {
                            scheduler.yieldIfDue();
                        }
                        done.countDown();
                        return finished();
                    });
            started.await();
            scheduler.submit(
                    scheduler.newGroup("short", 1),
                    deadline -> {
                        other.countDown();
                        return finished();
                    });
            done.await();
        }
    }

    @Test
    void taskIsAskedToReturnWhileOthersWait() throws Exception {
        try (TaskScheduler scheduler = new TaskScheduler(1)) {
            CountDownLatch started = new CountDownLatch(1);
            CompletableFuture<Void> release = new CompletableFuture<>();
            AtomicInteger alone = new AtomicInteger();
            CountDownLatch done = new CountDownLatch(2);
            scheduler.submit(
                    scheduler.newGroup("long", 1),
                    deadline -> {
                        while (System.nanoTime() < deadline) {
                            Thread.onSpinWait();
                        }
                        alone.set(scheduler.isYieldDue() ? 1 : 0);
                        started.countDown();
                        release.join();
                        while (!scheduler.isYieldDue()) {
                            Thread.onSpinWait();
                        }
                        done.countDown();
                        return finished();
                    });
            started.await();
            scheduler.submit(
                    scheduler.newGroup("short", 1),
                    deadline -> {
                        done.countDown();
                        return finished();
                    });
            release.complete(null);
            done.await();
            assertThat(alone).hasValue(0);
            assertThat(scheduler.isYieldDue()).isFalse();
        }
    }
}
