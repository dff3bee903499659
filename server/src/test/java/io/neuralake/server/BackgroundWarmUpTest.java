package io.neuralake.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.EngineSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

@Timeout(120)
class BackgroundWarmUpTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    private final List<String> ran = Collections.synchronizedList(new ArrayList<>());

    private BackgroundWarmUp start(List<Runnable> steps, BooleanSupplier busy) {
        return start(steps, busy, LONG);
    }

    private BackgroundWarmUp start(List<Runnable> steps, BooleanSupplier busy, Duration longest) {
        return BackgroundWarmUp.start(
                work(steps),
                List.of(() -> ran.add("release"), () -> ran.add("next")),
                busy,
                longest,
                Duration.ofMillis(40));
    }

    private WarmUp work(List<Runnable> steps) {
        return new WarmUp(steps, () -> ran.add("end"));
    }

    @Test
    void givesMemoryBackWhenTheTimeIsOver() throws InterruptedException {
        try (BackgroundWarmUp warmUp =
                start(List.of(() -> ran.add("a")), () -> false, Duration.ZERO)) {
            warmUp.await();
        }
        assertThat(ran).containsExactly("end", "release", "next");
    }

    @Test
    void runsAllStepsInOrder() throws InterruptedException {
        List<Runnable> steps = List.of(() -> ran.add("a"), () -> ran.add("b"));
        try (BackgroundWarmUp warmUp = start(steps, () -> false)) {
            warmUp.await();
        }
        assertThat(ran).containsExactly("a", "b", "end", "release", "next");
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
        AtomicInteger looks = new AtomicInteger();
        BooleanSupplier forALookMore = () -> busy.get() && looks.incrementAndGet() <= 3;
        try (BackgroundWarmUp warmUp = start(steps, forALookMore)) {
            warmUp.await();
        }
        assertThat(ran).containsExactly("a", "end", "release", "next");
        assertThat(looks).as("the release waits for the end of the work").hasValueGreaterThan(3);
    }

    @Test
    void closingWhileThereIsWorkGivesNothingBack() throws InterruptedException {
        CountDownLatch asked = new CountDownLatch(2);
        BooleanSupplier busy =
                () -> {
                    asked.countDown();
                    return true;
                };
        try (BackgroundWarmUp _ = start(List.of(() -> ran.add("a")), busy)) {
            asked.await();
        }
        assertThat(ran).containsExactly("end");
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
        assertThat(ran).containsExactly("a", "end");
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
        assertThat(ran).containsExactly("end", "release", "next");
    }

    @Test
    void stepsOfAServerAllRunAndLeaveNothing() throws IOException {
        Path parent = Path.of(System.getProperty("java.io.tmpdir"));
        Path left = Files.createDirectories(parent.resolve("neuralake-warm-up-999999999-left"));
        Files.createFile(left.resolve("file"));
        try (LakeServer lake = LakeServer.open(null, EngineSettings.defaults().withThreads(2))) {
            try (WarmUp warmUp = lake.warmUp(1)) {
                assertThat(warmUp.steps()).hasSizeGreaterThan(20).allSatisfy(Runnable::run);
                assertThat(own(parent)).hasSize(1);
            }
            assertThat(own(parent)).isEmpty();
            assertThat(left).as("of a process that was killed").doesNotExist();
            assertThat(lake.queries().reservedBytes()).isZero();
        }
    }

    private static List<String> own(Path parent) {
        String prefix = "neuralake-warm-up-" + ProcessHandle.current().pid() + "-";
        return Stream.of(parent.toFile().list()).filter(name -> name.startsWith(prefix)).toList();
    }

    @Test
    void aWarmUpThatWasNotBegunEndsToo() {
        try (LakeServer lake = LakeServer.open(null, EngineSettings.defaults().withThreads(2))) {
            lake.warmUp(1).close();
            assertThat(own(Path.of(System.getProperty("java.io.tmpdir")))).isEmpty();
        }
    }
}
