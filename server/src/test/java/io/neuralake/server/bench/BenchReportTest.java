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
                    List.of(new double[] {10, 30, 20}, new double[] {40, 40, 60}),
                    "0123abcd",
                    100);
    private static final QueryTimes Q2 =
            new QueryTimes("Q2", List.of(new double[] {1000}, new double[] {10}), "ffffffff", 4000);

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
                        "duckdb",
                        "median",
                        "/",
                        "duckdb",
                        "checksum");
        assertThat(words(report.line(Q1)))
                .containsExactly("Q1", "10.0", "20.0", "40.0", "40.0", "0.25", "0123abcd");
        assertThat(words(report.line(Q2)))
                .containsExactly("Q2", "1000.0", "1000.0", "10.0", "10.0", "100.00", "ffffffff");
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
                .containsExactly("query", "neuralake", "median", "cold", "/", "hot", "checksum");
        assertThat(words(report.line(Q1)))
                .containsExactly("Q1", "10.0", "20.0", "100.0", "5.00", "0123abcd");
    }

    @Test
    void meansAreGeometric() {
        BenchReport report = new BenchReport(List.of("neuralake", "duckdb"), false);
        report.add(Q1);
        report.add(Q2);
        // sqrt(10 * 1000) and sqrt(40 * 10)
        assertThat(words(report.means())).containsExactly("geomean", "100.0", "20.0", "5.00");
    }

    @Test
    void jsonHoldsEveryRun(@TempDir Path folder) throws IOException {
        BenchReport report = new BenchReport(List.of("neuralake", "duckdb"), true);
        report.add(Q1);
        report.add(Q2);
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
                                "duckdb_ms",
                                List.of(40.0, 40.0, 60.0)));
        Map<?, ?> means = (Map<?, ?>) json.get("geomean_ms");
        assertThat((Double) means.get("neuralake")).isEqualTo(100, within(1e-9));
        assertThat((Double) means.get("duckdb")).isEqualTo(20, within(1e-9));
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
