package io.neuralake.server.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.neuralake.exec.EngineSettings;

import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class LoadReportTest {
    private static Histogram millis(int... times) {
        Histogram histogram = new Histogram(3_600_000_000_000L, 3);
        for (int time : times) {
            histogram.recordValue(time * 1_000_000L);
        }
        return histogram;
    }

    private static List<String> words(String line) {
        return List.of(line.strip().split("\\s+"));
    }

    private static int[] upTo(int last) {
        return java.util.stream.IntStream.rangeClosed(1, last).toArray();
    }

    @Test
    void linesStandBelowTheirHeadings() {
        LoadReport report = new LoadReport("concurrent");
        LoadResult result = new LoadResult("point", 8, 4, millis(upTo(1000)), 1.25);
        String line = report.add(result);
        assertThat(words(line).subList(0, 3)).containsExactly("point", "8", "1000");
        assertThat(result.millis(50)).isBetween(499.0, 501.0);
        assertThat(result.millis(99)).isBetween(989.0, 991.0);
        assertThat(result.millis(99.9)).isBetween(998.0, 1000.0);
        assertThat(words(line).subList(7, 9)).containsExactly("250.0", "1.25");
        assertThat(line).hasSameSizeAs(LoadReport.heading());
        assertThat(report.add(result.beside("point + heavy")))
                .startsWith("point + heavy ")
                .hasSameSizeAs(line)
                .endsWith("250.0          ");
    }

    @Test
    void pausesAreSummed() {
        LoadReport report = new LoadReport("latency");
        assertThat(report.add("collector pauses", new Pauses(millis(1, 2, 3), 10)))
                .startsWith("collector pauses: 3 in 10.0 s, 6.0 ms in all; p50 2.00");
        assertThat(report.add("all safepoints", new Pauses(millis(), 10)))
                .isEqualTo(
                        "all safepoints: 0 in 10.0 s, 0.0 ms in all;"
                                + " p50 0.000, p99 0.000, p99.9 0.000, longest 0.000 ms");
    }

    @Test
    void jsonHoldsAllFigures(@TempDir Path folder) throws IOException {
        LoadReport report = new LoadReport("latency");
        report.add(new LoadResult("point", 8, 4, millis(5, 5), 3));
        report.add("collector pauses", new Pauses(millis(1), 10));
        Path file = folder.resolve("x.json");
        report.writeJson(file, 0.5, new EngineSettings(3, 1000).withCacheBytes(77));
        String json = Files.readString(file);
        assertThat(json)
                .contains("\"benchmark\" : \"latency\"", "\"scale\" : 0.5", "\"threads\" : 3")
                .contains("\"page_cache_bytes\" : 77", "\"collector\" : ")
                .contains("\"workload\" : \"point\"", "\"clients\" : 8", "\"requests\" : 2")
                .contains(
                        "\"per_second\" : 0.5",
                        "\"cpu_ms\" : 3.0",
                        "\"p50_ms\" : 5.0",
                        "\"p999_ms\" : 5.0")
                .contains("\"collector pauses\" : {", "\"total_ms\" : 1.0");
    }
}
