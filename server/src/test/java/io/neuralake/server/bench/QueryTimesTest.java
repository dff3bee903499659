package io.neuralake.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class QueryTimesTest {
    @Test
    void medianIsTheMiddleOfTheSortedRuns() {
        QueryTimes times =
                new QueryTimes(
                        "Q1",
                        List.of(
                                new EngineRuns(new double[] {9, 1, 5}, new double[] {7, 3, 2}, 11),
                                new EngineRuns(new double[] {4, 1, 3, 100}, new double[0], 12)),
                        "00",
                        Double.NaN);
        assertThat(times.median(0)).isEqualTo(5);
        assertThat(times.best(0)).isEqualTo(1);
        assertThat(times.median(1)).isEqualTo(3.5);
        EngineRuns runs = times.engines().get(0);
        assertThat(runs.millis()).as("runs keep their order").containsExactly(9, 1, 5);
        assertThat(runs.medianCpu()).isEqualTo(3);
        assertThat(runs.cpuMillis()).containsExactly(7, 3, 2);
        assertThat(times.engines().get(1).medianCpu()).isNaN();
        assertThat(times.withColdMillis(7).coldMillis()).isEqualTo(7);
    }
}
