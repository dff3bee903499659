package io.neuralake.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.neuralake.spi.error.NeuralakeException;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/// Runs tasks a few at a time.
class ParallelTasksTest {
    private static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    @Test
    void runsAtMostSoManyAtATime() {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch four = new CountDownLatch(4);
        List<Integer> doubled =
                ParallelTasks.map(
                        numbers(200),
                        4,
                        n -> {
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            four.countDown();
                            await(four);
                            running.decrementAndGet();
                            return 2 * n;
                        });
        assertThat(doubled).isEqualTo(IntStream.range(0, 200).mapToObj(n -> 2 * n).toList());
        assertThat(most.get()).isEqualTo(4);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void beginsNothingAfterAFailure() {
        AtomicInteger begun = new AtomicInteger();
        assertThatThrownBy(
                        () ->
                                ParallelTasks.run(
                                        numbers(1000),
                                        2,
                                        _ -> {
                                            begun.incrementAndGet();
                                            throw new IllegalArgumentException("no");
                                        }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(begun.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void passesInterruptsOn() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(
                        () -> ParallelTasks.run(numbers(3), 2, _ -> await(new CountDownLatch(1))))
                .isInstanceOf(NeuralakeException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
