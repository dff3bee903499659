package io.neuralake.server.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class PauseRecorderTest {
    @Test
    void recordsThePausesOfTheCollector() {
        try (PauseRecorder recorder = new PauseRecorder()) {
            System.gc();
            System.gc();
            recorder.stop();
            Pauses pauses = recorder.collector();
            assertThat(pauses.count()).isGreaterThanOrEqualTo(2);
            assertThat(pauses.millis(50)).isPositive().isLessThanOrEqualTo(pauses.maxMillis());
            assertThat(pauses.totalMillis())
                    .isGreaterThanOrEqualTo(pauses.maxMillis() * 0.99)
                    .isLessThan(pauses.seconds() * 1000);
            assertThat(recorder.safepoints().count()).isGreaterThanOrEqualTo(2);
        }
    }

    @Test
    void noPausesAreOfNoTime() {
        try (PauseRecorder recorder = new PauseRecorder()) {
            Pauses none = new Pauses(new org.HdrHistogram.Histogram(2), 1);
            assertThat(none.count()).isZero();
            assertThat(none.maxMillis()).isZero();
            assertThat(none.millis(99.9)).isZero();
            assertThat(none.totalMillis()).isZero();
            recorder.stop();
            assertThat(recorder.collector().seconds()).isPositive();
        }
    }
}
