package io.neuralake.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProcessCpuClockTest {
    @Test
    void countsWhatThisThreadWorks() {
        ProcessCpuClock clock = new ProcessCpuClock();
        long before = clock.nanos();
        long worked =
                java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        long enough = worked + 30_000_000;
        while (worked < enough) {
            worked =
                    java.lang.management.ManagementFactory.getThreadMXBean()
                            .getCurrentThreadCpuTime();
        }
        assertThat(clock.nanos() - before).isGreaterThanOrEqualTo(29_000_000);
    }
}
