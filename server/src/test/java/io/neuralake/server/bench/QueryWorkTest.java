package io.neuralake.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.neuralake.exec.QueryStatistics;
import io.neuralake.exec.QueryStatistics.OperatorStatistics;
import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.spi.type.Schema;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;

class QueryWorkTest {
    private static final PhysicalPlan VALUES =
            new PhysicalPlan.Values(List.of(), new Schema(List.of()));

    private static OperatorStatistics operator(
            PhysicalPlan node, long cpuNanos, Map<String, Long> details) {
        return new OperatorStatistics(node, 0, 0, 0, cpuNanos, 0, 0, details);
    }

    private static QueryWork work() {
        PhysicalPlan filter = new PhysicalPlan.Project(VALUES, List.of(), new Schema(List.of()));
        return QueryWork.of(
                new QueryStatistics(
                        0,
                        0,
                        0,
                        0,
                        List.of(
                                operator(filter, 3_000_000, Map.of()),
                                operator(
                                        VALUES,
                                        1_000_000,
                                        Map.of("bytes_read", 7_000_000L, "values", 1_000_000L)),
                                operator(
                                        VALUES,
                                        0,
                                        Map.of(
                                                "bytes_read", 1_000_000L,
                                                "bytes_decompressed", 9_000_000L,
                                                "decompression_nanos", 4_000_000L,
                                                "values", 3_000_000L,
                                                "values_as_codes", 1_000_000L,
                                                "values_as_text", 500_000L)))));
    }

    @Test
    void countersOfAllScansAreSummed() {
        QueryWork work = work();
        assertThat(work.bytesRead()).isEqualTo(8_000_000);
        assertThat(work.bytesDecompressed()).isEqualTo(9_000_000);
        assertThat(work.codes()).isEqualTo(1_000_000);
        assertThat(work.texts()).isEqualTo(500_000);
        assertThat(work.numbers()).isEqualTo(2_500_000);
        assertThat(work.values()).isEqualTo(4_000_000);
    }

    @Test
    void floorIsDecompressionAndDecoding() {
        QueryWork work = work();
        assertThat(work.decodingMillis()).isCloseTo(0.07 + 1.05 + 0.85, within(1e-9));
        assertThat(work.floorMillis()).isCloseTo(5.97, within(1e-9));
        assertThat(work.shares()).containsExactly("expressions 75%", "other 25%");
    }

    @Test
    void lineStandsBelowItsHeading() {
        String line = work().line("Q1", 59.7);
        assertThat(List.of(line.split("  +")))
                .containsExactly(
                        "Q1",
                        "8.0M",
                        "9.0M",
                        "4.00M",
                        "4.0",
                        "2.0",
                        "6.0",
                        "59.7",
                        "10.0",
                        "expressions 75%, other 25%");
        assertThat(line.indexOf("  expressions")).isEqualTo(QueryWork.heading().indexOf("  where"));
    }

    @Test
    void fasterOfTwoRunsCounts() {
        QueryWork slow = new QueryWork(0, 0, 2, 0, 0, 0, Map.of());
        QueryWork fast = new QueryWork(0, 0, 1, 0, 0, 0, Map.of());
        assertThat(slow.orFaster(fast)).isSameAs(fast);
        assertThat(fast.orFaster(slow)).isSameAs(fast);
    }
}
