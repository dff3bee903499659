package io.neuralake.spi.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

@Timeout(60)
class WarmingKernelsTest {
    private final AtomicInteger samples = new AtomicInteger();

    /// Takes long for one of the kernels.
    private WarmingKernels<String> slow(String slow) {
        Duration longest = slow.equals("scalar") ? Duration.ofMinutes(1) : Duration.ofMillis(200);
        return new WarmingKernels<>(
                "scalar",
                "vector",
                kernels -> {
                    samples.incrementAndGet();
                    if (kernels.equals(slow)) {
                        sleep();
                    }
                },
                1000,
                longest);
    }

    private static void sleep() {
        sleep(1);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
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
        assertThat(samples).as("no second rehearsal").hasValue(taken);
        assertThat(kernels.forWork(1_000_000)).isEqualTo("scalar");
        while (samples.get() == taken) {
            sleep();
        }
        do {
            taken = samples.get();
            assertThat(kernels.forWork(1_000_000)).isEqualTo("scalar");
            sleep(500);
        } while (samples.get() > taken);
    }

    @Test
    void vectorKernelsTakeOverThatAreCompiledLate() {
        AtomicBoolean compiled = new AtomicBoolean();
        WarmingKernels<String> kernels =
                new WarmingKernels<>(
                        "scalar",
                        "vector",
                        kind -> sleep(kind.equals("scalar") ? 1 : compiled.get() ? 0 : 10),
                        1000,
                        Duration.ofMinutes(1));
        kernels.rehearse();
        assertThat(kernels.forWork(1000)).as("nobody waits for ever").isEqualTo("scalar");
        compiled.set(true);
        while (kernels.forWork(1).equals("scalar")) {
            sleep();
        }
    }

    @Test
    void fixedOnesStay() {
        WarmingKernels<String> kernels = WarmingKernels.fixed("only");
        kernels.rehearse();
        assertThat(kernels.forWork(1_000_000)).isEqualTo("only");
    }
}
