package io.neuralake.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import io.neuralake.exec.EngineSettings;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

class BenchReportTest {
    private static final QueryTimes Q1 =
            new QueryTimes(
                    "Q1",
                    List.of(
                            runs(3 << 20, new double[] {10, 30, 20}, new double[] {15, 35, 25}),
                            runs(5 << 19, new double[] {40, 40, 60}, new double[] {80, 90, 70})),
                    "0123abcd",
                    100);
    private static final QueryTimes Q2 =
            new QueryTimes(
                    "Q2",
                    List.of(
                            runs(0, new double[] {1000}, new double[] {2500}),
                            runs(1 << 30, new double[] {10}, new double[] {20})),
                    "ffffffff",
                    4000);

    private static EngineRuns runs(long peakBytes, double[] millis, double[] cpuMillis) {
        return new EngineRuns(millis, cpuMillis, peakBytes);
    }

    private static List<String> words(String line) {
        return List.of(line.strip().split("\\s+"));
    }

    @Test
    void linesHaveBestMedianAndRatioOfTheBest() {
        BenchReport report = new BenchReport(List.of("neuralake", "duckdb"), false);
        assertThat(words(report.heading()))
                .containsExactly(
                        "query",
                        "neuralake",
                        "median",
                        "cpu",
                        "peak",
                        "duckdb",
                        "median",
                        "cpu",
                        "peak",
                        "/",
                        "duckdb",
                        "checksum");
        assertThat(words(report.line(Q1)))
                .containsExactly(
                        "Q1",
                        "10.0",
                        "20.0",
                        "25.0",
                        "3.0M",
                        "40.0",
                        "40.0",
                        "80.0",
                        "2.5M",
                        "0.25",
                        "0123abcd");
        assertThat(words(report.line(Q2)))
                .containsExactly(
                        "Q2",
                        "1000.0",
                        "1000.0",
                        "2500.0",
                        "0.0M",
                        "10.0",
                        "10.0",
                        "20.0",
                        "1024.0M",
                        "100.00",
                        "ffffffff");
    }

    @Test
    void columnsStandBelowTheirHeadings() {
        BenchReport report = new BenchReport(List.of("neuralake", "duckdb"), true);
        report.add(Q1);
        String heading = report.heading();
        String line = report.line(Q1);
        assertThat(line.indexOf("0123abcd")).isEqualTo(heading.indexOf("checksum"));
        assertThat(line.indexOf(" 10.0") + 5)
                .isEqualTo(heading.indexOf("neuralake") + "neuralake".length());
        assertThat(report.means().indexOf(" 40.0") + 5)
                .isEqualTo(heading.indexOf("duckdb") + "duckdb".length());
    }

    @Test
    void coldTimesAreShownWithTheirRatioToTheMedian() {
        BenchReport report = new BenchReport(List.of("neuralake"), true);
        assertThat(words(report.heading()))
                .containsExactly(
                        "query",
                        "neuralake",
                        "median",
                        "cpu",
                        "peak",
                        "cold",
                        "/",
                        "hot",
                        "checksum");
        assertThat(words(report.line(Q1)))
                .containsExactly("Q1", "10.0", "20.0", "25.0", "3.0M", "100.0", "5.00", "0123abcd");
    }

    @Test
    void meansAreGeometric() {
        BenchReport report = new BenchReport(List.of("neuralake", "duckdb"), false);
        report.add(Q1);
        report.add(Q2);
        // sqrt(10 * 1000) and sqrt(40 * 10), sqrt(25 * 2500) and sqrt(80 * 20)
        assertThat(words(report.means()))
                .containsExactly("geomean", "100.0", "250.0", "20.0", "40.0", "5.00");
    }

    @Test
    void queriesWithoutTimesCountForNoMeanAndAreNamed() {
        BenchReport report = new BenchReport(List.of("neuralake", "duckdb"), false);
        QueryFailure refused =
                new QueryFailure("Q3", QueryFailure.Kind.REFUSED, "neuralake: Not yet [0A000]");
        report.add(Q1);
        assertThat(report.hasFailures()).isFalse();
        assertThat(report.summary()).isEqualTo("1 of 1 queries ran with equal answers");
        report.add(refused);
        report.add(new QueryFailure("Q4", QueryFailure.Kind.DIFFERENT, "rows: 1 and 2"));
        assertThat(report.line(refused)).isEqualTo("Q3      refused: neuralake: Not yet [0A000]");
        assertThat(words(report.means()))
                .containsExactly("geomean", "10.0", "25.0", "40.0", "80.0", "0.25");
        assertThat(report.hasFailures()).isTrue();
        assertThat(report.summary())
                .isEqualTo(
                        "1 of 3 queries ran with equal answers; refused: 1 (Q3); different: 1"
                                + " (Q4)");
    }

    @Test
    void jsonHoldsEveryRun(@TempDir Path folder) throws IOException {
        BenchReport report = new BenchReport(List.of("neuralake", "duckdb"), true);
        report.add(Q1);
        report.add(Q2);
        report.add(new QueryFailure("Q3", QueryFailure.Kind.REFUSED, "neuralake: no [0A000]"));
        Path file = folder.resolve("times.json");
        report.writeJson(file, "tpch", 0.5, new EngineSettings(3, 1000).withCacheBytes(77));
        Map<?, ?> json = (Map<?, ?>) parsed(file);
        assertThat(json.get("benchmark")).isEqualTo("tpch");
        assertThat(json.get("scale")).isEqualTo(0.5);
        assertThat(json.get("threads")).isEqualTo(3.0);
        assertThat(json.get("page_cache_bytes")).isEqualTo(77.0);
        List<?> queries = (List<?>) json.get("queries");
        assertThat(queries).hasSize(2);
        assertThat((Map<?, ?>) queries.get(0))
                .isEqualTo(
                        Map.of(
                                "query",
                                "Q1",
                                "checksum",
                                "0123abcd",
                                "cold_ms",
                                100.0,
                                "neuralake_ms",
                                List.of(10.0, 30.0, 20.0),
                                "neuralake_cpu_ms",
                                List.of(15.0, 35.0, 25.0),
                                "neuralake_peak_bytes",
                                3.0 * (1 << 20),
                                "duckdb_ms",
                                List.of(40.0, 40.0, 60.0),
                                "duckdb_cpu_ms",
                                List.of(80.0, 90.0, 70.0),
                                "duckdb_peak_bytes",
                                2.5 * (1 << 20)));
        assertThat(json.get("failures"))
                .isEqualTo(
                        List.of(
                                Map.of(
                                        "query",
                                        "Q3",
                                        "outcome",
                                        "refused",
                                        "reason",
                                        "neuralake: no [0A000]")));
        Map<?, ?> means = (Map<?, ?>) json.get("geomean_ms");
        assertThat((Double) means.get("neuralake")).isEqualTo(100, within(1e-9));
        assertThat((Double) means.get("duckdb")).isEqualTo(20, within(1e-9));
        Map<?, ?> cpuMeans = (Map<?, ?>) json.get("geomean_cpu_ms");
        assertThat((Double) cpuMeans.get("neuralake")).isEqualTo(250, within(1e-9));
        assertThat(json.get("collector")).isEqualTo(GarbageCollector.name());
    }

    private static @Nullable Object parsed(Path file) throws IOException {
        try (JsonParser parser = new JsonFactory().createParser(file.toFile())) {
            parser.nextToken();
            Object value = value(parser);
            assertThat(parser.nextToken()).isNull();
            return value;
        }
    }

    private static @Nullable Object value(JsonParser parser) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                Map<String, Object> members = new LinkedHashMap<>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                return members;
            }
            case START_ARRAY -> {
                List<Object> elements = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    elements.add(value(parser));
                }
                return elements;
            }
            case VALUE_STRING -> {
                return parser.getText();
            }
            default -> {
                return parser.getDoubleValue();
            }
        }
    }
}
