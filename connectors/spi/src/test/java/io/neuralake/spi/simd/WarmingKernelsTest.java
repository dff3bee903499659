package io.neuralake.spi.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class WarmingKernelsTest {
    private static final long WORK = 1000;

    private int samples;
    private long now;
    private Runnable rehearsal = () -> {};

    /// The vector kernels take a hundredth of the scalar ones' time from a moment on, and up to then a hundred times as much.
    private WarmingKernels<String> compiledAt(Duration moment) {
        return new WarmingKernels<>(
                "scalar",
                "vector",
                kernels -> {
                    samples++;
                    long nanos = 100_000;
                    if (kernels.equals("vector")) {
                        nanos = now < moment.toNanos() ? nanos * 100 : nanos / 100;
                    }
                    now += nanos;
                },
                WORK,
                new WarmingKernels.Host() {
                    @Override
                    public long nanos() {
                        return now;
                    }

                    @Override
                    public void pause(long nanos) {
                        now += nanos;
                    }

                    @Override
                    public void start(Runnable started) {
                        rehearsal = started;
                    }
                });
    }

    @Test
    void scalarKernelsBegin() {
        WarmingKernels<String> kernels = compiledAt(Duration.ZERO);
        assertThat(kernels.forWork(WORK - 1)).isEqualTo("scalar");
        assertThat(samples).isZero();
    }

    @Test
    void vectorKernelsTakeOverAfterEnoughWork() {
        WarmingKernels<String> kernels = compiledAt(Duration.ZERO);
        kernels.forWork(600);
        assertThat(kernels.forWork(600)).isEqualTo("scalar");
        rehearsal.run();
        int taken = samples;
        assertThat(kernels.forWork(1_000_000)).isEqualTo("vector");
        assertThat(samples).as("one rehearsal").isEqualTo(taken);
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
        assertThat(now).isBetween(2_000_000_000L, 3_000_000_000L);
        assertThat(kernels.forWork(1)).isEqualTo("scalar");
        int taken = samples;
        kernels.rehearse();
        assertThat(samples).as("no second rehearsal").isEqualTo(taken);
        kernels.forWork(WORK);
        rehearsal.run();
        assertThat(kernels.forWork(1)).isEqualTo("vector");
        assertThat(now).isBetween(60_000_000_000L, 61_000_000_000L);
    }

    @Test
    void vectorKernelsThatAreSlowerNeverDo() {
        WarmingKernels<String> kernels = compiledAt(Duration.ofDays(1));
        assertThat(kernels.forWork(WORK)).isEqualTo("scalar");
        rehearsal.run();
        assertThat(now).isBetween(120_000_000_000L, 125_000_000_000L);
        rehearsal = () -> {};
        int taken = samples;
        assertThat(kernels.forWork(1_000_000)).isEqualTo("scalar");
        rehearsal.run();
        assertThat(samples).as("no second rehearsal").isEqualTo(taken);
    }

    @Test
    void rehearsalsLeaveOthersTheProcessor() {
        WarmingKernels<String> kernels = compiledAt(Duration.ofDays(1));
        kernels.rehearse();
        long rehearsing = samples / 2 * (100_000L * 100 + 100_000);
        assertThat(rehearsing).isLessThan(now * 2 / 5);
    }

    @Test
    void fixedOnesStay() {
        WarmingKernels<String> kernels = WarmingKernels.fixed("only");
        kernels.rehearse();
        assertThat(kernels.forWork(1_000_000)).isEqualTo("only");
    }
}
