package io.neuralake.spi.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.util.concurrent.atomic.AtomicInteger;

@Timeout(60)
class WarmingKernelsTest {
    private final AtomicInteger samples = new AtomicInteger();

    /// Takes long for one of the kernels.
    private WarmingKernels<String> slow(String slow) {
        return new WarmingKernels<>(
                "scalar",
                "vector",
                kernels -> {
                    samples.incrementAndGet();
                    if (kernels.equals(slow)) {
                        sleep();
                    }
                },
                1000);
    }

    private static void sleep() {
        try {
            Thread.sleep(2);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void scalarKernelsBegin() {
        WarmingKernels<String> kernels = slow("scalar");
        assertThat(kernels.forWork(999)).isEqualTo("scalar");
        assertThat(samples).hasValue(0);
    }

    @Test
    void vectorKernelsTakeOverAfterEnoughWork() throws InterruptedException {
        WarmingKernels<String> kernels = slow("scalar");
        kernels.forWork(600);
        kernels.forWork(600);
        while (kernels.forWork(1).equals("scalar")) {
            sleep();
        }
        int taken = samples.get();
        assertThat(kernels.forWork(1_000_000)).isEqualTo("vector");
        assertThat(samples).as("one rehearsal").hasValue(taken);
    }

    @Test
    void vectorKernelsTakeOverWhenRehearsedBefore() {
        WarmingKernels<String> kernels = slow("scalar");
        kernels.rehearse();
        assertThat(kernels.forWork(1)).isEqualTo("vector");
    }

    @Test
    void vectorKernelsThatAreSlowerNeverDo() {
        WarmingKernels<String> kernels = slow("vector");
        kernels.rehearse();
        assertThat(samples).hasPositiveValue();
        int taken = samples.get();
        kernels.rehearse();
        assertThat(kernels.forWork(1_000_000)).isEqualTo("scalar");
        assertThat(kernels.forWork(1_000_000)).isEqualTo("scalar");
        assertThat(samples).as("no second rehearsal").hasValue(taken);
    }

    @Test
    void fixedOnesStay() {
        WarmingKernels<String> kernels = WarmingKernels.fixed("only");
        kernels.rehearse();
        assertThat(kernels.forWork(1_000_000)).isEqualTo("only");
    }
}
