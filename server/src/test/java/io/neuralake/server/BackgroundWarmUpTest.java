package io.neuralake.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.EngineSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

@Timeout(120)
class BackgroundWarmUpTest {
    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

    private BackgroundWarmUp start(List<Runnable> steps, BooleanSupplier busy) {
        return BackgroundWarmUp.start(steps, () -> ran.add("release"), busy);
    }

    @Test
    void givesMemoryBackWhenTheTimeIsOver() throws InterruptedException {
        try (BackgroundWarmUp warmUp =
                BackgroundWarmUp.start(
                        List.of(() -> ran.add("a")),
                        () -> ran.add("release"),
                        () -> false,
                        Duration.ZERO)) {
            warmUp.await();
        }
        assertThat(ran).containsExactly("release");
    }

    @Test
    void runsAllStepsInOrder() throws InterruptedException {
        List<Runnable> steps = List.of(() -> ran.add("a"), () -> ran.add("b"));
        try (BackgroundWarmUp warmUp = start(steps, () -> false)) {
            warmUp.await();
        }
        assertThat(ran).containsExactly("a", "b", "release");
    }

    @Test
    void givesWayForGoodOnceThereIsWork() throws InterruptedException {
        AtomicBoolean busy = new AtomicBoolean();
        List<Runnable> steps =
                List.of(
                        () -> {
                            ran.add("a");
                            busy.set(true);
                        },
                        () -> ran.add("b"));
        try (BackgroundWarmUp warmUp = start(steps, busy::get)) {
            warmUp.await();
        }
        assertThat(ran).containsExactly("a");
    }

    @Test
    void closingWaitsForTheStepThatRunsAndStartsNoOther() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        List<Runnable> steps =
                List.of(
                        () -> {
                            started.countDown();
                            await(go);
                            ran.add("a");
                        },
                        () -> ran.add("b"));
        BackgroundWarmUp warmUp = start(steps, () -> false);
        started.await();
        Thread closing = Thread.ofPlatform().start(warmUp::close);
        while (closing.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
        go.countDown();
        closing.join();
        assertThat(ran).containsExactly("a");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void endsAtAStepThatFails() throws InterruptedException {
        List<Runnable> steps =
                List.of(
                        () -> {
                            throw new IllegalStateException("broken");
                        },
                        () -> ran.add("b"));
        try (BackgroundWarmUp warmUp = start(steps, () -> false)) {
            warmUp.await();
        }
        assertThat(ran).containsExactly("release");
    }

    @Test
    void stepsOfAServerAllRun() {
        try (LakeServer lake = LakeServer.open(null, EngineSettings.defaults().withThreads(2))) {
            assertThat(lake.warmUp()).hasSizeGreaterThan(5).allSatisfy(Runnable::run);
            assertThat(lake.queries().reservedBytes()).isZero();
        }
    }
}
