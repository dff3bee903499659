package io.neuralake.spi.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

@Timeout(60)
class WarmingKernelsTest {
    private static final long WORK = 1000;

    private final AtomicInteger samples = new AtomicInteger();
    private final AtomicLong now = new AtomicLong();

    /// The vector kernels take a hundredth of the scalar ones' time from a moment on, and up to then a hundred times as much.
    private WarmingKernels<String> compiledAt(Duration moment) {
        return new WarmingKernels<>(
                "scalar",
                "vector",
                kernels -> {
                    samples.incrementAndGet();
                    long nanos = 100_000;
                    if (kernels.equals("vector")) {
                        nanos = now.get() < moment.toNanos() ? nanos * 100 : nanos / 100;
                    }
                    now.addAndGet(nanos);
                },
                WORK,
                new WarmingKernels.Time() {
                    @Override
                    public long nanos() {
                        return now.get();
                    }

                    @Override
                    public void pause(long nanos) {
                        now.addAndGet(nanos);
                    }
                });
    }

    private static void awaitVector(WarmingKernels<String> kernels) {
        while (kernels.forWork(1).equals("scalar")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void scalarKernelsBegin() {
        WarmingKernels<String> kernels = compiledAt(Duration.ZERO);
        assertThat(kernels.forWork(WORK - 1)).isEqualTo("scalar");
        assertThat(samples).hasValue(0);
    }

    @Test
    void vectorKernelsTakeOverAfterEnoughWork() {
        WarmingKernels<String> kernels = compiledAt(Duration.ZERO);
        kernels.forWork(600);
        kernels.forWork(600);
        awaitVector(kernels);
        int taken = samples.get();
        assertThat(kernels.forWork(1_000_000)).isEqualTo("vector");
        assertThat(samples).as("one rehearsal").hasValue(taken);
    }

    @Test
    void vectorKernelsTakeOverWhenRehearsedBefore() {
        WarmingKernels<String> kernels = compiledAt(Duration.ofSeconds(1));
        kernels.rehearse();
        assertThat(kernels.forWork(1)).isEqualTo("vector");
    }

    @Test
    void nobodyWaitsLongForARehearsal() {
        WarmingKernels<String> kernels = compiledAt(Duration.ofSeconds(60));
        kernels.rehearse();
        assertThat(now.get()).isBetween(2_000_000_000L, 3_000_000_000L);
        assertThat(kernels.forWork(1)).isEqualTo("scalar");
        int taken = samples.get();
        kernels.rehearse();
        assertThat(samples).as("no second rehearsal").hasValue(taken);
        kernels.forWork(WORK);
        awaitVector(kernels);
        assertThat(now.get()).isBetween(60_000_000_000L, 61_000_000_000L);
    }

    @Test
    void vectorKernelsThatAreSlowerNeverDo() throws InterruptedException {
        WarmingKernels<String> kernels = compiledAt(Duration.ofDays(1));
        assertThat(kernels.forWork(WORK)).isEqualTo("scalar");
        while (now.get() < Duration.ofMinutes(2).toNanos()) {
            Thread.sleep(1);
        }
        Thread.sleep(10);
        int taken = samples.get();
        assertThat(kernels.forWork(1_000_000)).isEqualTo("scalar");
        Thread.sleep(10);
        assertThat(samples).as("no second rehearsal").hasValue(taken);
    }

    @Test
    void fixedOnesStay() {
        WarmingKernels<String> kernels = WarmingKernels.fixed("only");
        kernels.rehearse();
        assertThat(kernels.forWork(1_000_000)).isEqualTo("only");
    }
}
