package io.neuralake.exec.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(60)
class SharedWorkTest {
    @Test
    void eachPieceRunsOnce() throws InterruptedException {
        List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
        List<Runnable> pieces = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            int piece = i;
            pieces.add(() -> ran.add(piece));
        }
        SharedWork work = new SharedWork(pieces);
        Thread helper = Thread.ofPlatform().start(work::work);
        work.work();
        work.await();
        helper.join();
        assertThat(ran).hasSize(1000).doesNotHaveDuplicates();
    }

    @Test
    void theCallerDoesAllWhereNobodyHelps() {
        AtomicInteger ran = new AtomicInteger();
        SharedWork work = new SharedWork(Collections.nCopies(3, ran::incrementAndGet));
        work.work();
        work.await();
        assertThat(ran).hasValue(3);
        work.work();
        assertThat(ran).as("a helper that comes late").hasValue(3);
    }

    @Test
    void waitsForWhoHasBegun() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        SharedWork work =
                new SharedWork(
                        List.of(
                                () -> {
                                    begun.countDown();
                                    try {
                                        go.await();
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                    ran.addAndGet(1);
                                },
                                () -> ran.addAndGet(10)));
        Thread helper = Thread.ofPlatform().start(work::work);
        begun.await();
        work.work();
        assertThat(ran).hasValue(10);
        go.countDown();
        work.await();
        assertThat(ran).hasValue(11);
        helper.join();
    }

    @Test
    void theFirstFailureIsThrownAndEndsTheRest() {
        AtomicInteger ran = new AtomicInteger();
        SharedWork work =
                new SharedWork(
                        List.of(
                                ran::incrementAndGet,
                                () -> {
                                    throw new IllegalArgumentException("seeded");
                                },
                                ran::incrementAndGet));
        work.work();
        assertThatThrownBy(work::await).isInstanceOf(IllegalArgumentException.class);
        assertThat(ran).hasValue(1);
    }
}
