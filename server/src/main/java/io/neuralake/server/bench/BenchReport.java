package io.neuralake.server.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.neuralake.exec.EngineSettings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Words times, ratios and the geometric mean.
public final class BenchReport {
    private final List<String> engines;
    private final boolean cold;
    private final List<QueryTimes> queries = new ArrayList<>();

    /// Reports on engines of these names, the first of which is judged by the others.
    ///
    /// @param cold shows the times of cold processes, and their ratio to hot medians
    public BenchReport(List<String> engines, boolean cold) {
        this.engines = List.copyOf(engines);
        this.cold = cold;
    }

    /// Returns the heading.
    public String heading() {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-8s", "query"));
        for (String engine : engines) {
            line.append(String.format(Locale.ROOT, "%12s%10s", engine, "median"));
        }
        for (int e = 1; e < engines.size(); e++) {
            line.append(String.format(Locale.ROOT, "%14s", "/ " + engines.get(e)));
        }
        if (cold) {
            line.append(String.format(Locale.ROOT, "%10s%8s", "cold", "/ hot"));
        }
        return line.append("  checksum").toString();
    }

    /// Adds a query.
    public void add(QueryTimes times) {
        queries.add(times);
    }

    /// Returns the line of a query: best and median of each engine in milliseconds, then how the
    /// first engine's best relates to the others'.
    public String line(QueryTimes times) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-8s", times.query()));
        for (int e = 0; e < engines.size(); e++) {
            line.append(String.format(Locale.ROOT, "%12.1f%10.1f", times.best(e), times.median(e)));
        }
        for (int e = 1; e < engines.size(); e++) {
            line.append(String.format(Locale.ROOT, "%14.2f", times.best(0) / times.best(e)));
        }
        if (cold) {
            double first = times.coldMillis();
            line.append(String.format(Locale.ROOT, "%10.1f%8.2f", first, first / times.median(0)));
        }
        return line.append("  ").append(times.checksum()).toString();
    }

    /// Returns the line of the geometric means of all queries' best times.
    public String means() {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-8s", "geomean"));
        for (int e = 0; e < engines.size(); e++) {
            line.append(String.format(Locale.ROOT, "%12.1f%10s", mean(e), ""));
        }
        for (int e = 1; e < engines.size(); e++) {
            line.append(String.format(Locale.ROOT, "%14.2f", mean(0) / mean(e)));
        }
        return line.toString().stripTrailing();
    }

    private double mean(int engine) {
        return Math.exp(
                queries.stream()
                        .mapToDouble(q -> Math.log(q.best(engine)))
                        .average()
                        .orElse(Double.NaN));
    }

    /// Writes everything as JSON.
    public void writeJson(Path file, String benchmark, double scale, EngineSettings settings)
            throws IOException {
        try (JsonGenerator json =
                new JsonFactory().createGenerator(Files.newBufferedWriter(file))) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("benchmark", benchmark);
            json.writeNumberField("scale", scale);
            json.writeNumberField("threads", settings.threads());
            json.writeNumberField("page_cache_bytes", settings.cacheLimitBytes());
            json.writeArrayFieldStart("queries");
            for (QueryTimes query : queries) {
                json.writeStartObject();
                json.writeStringField("query", query.query());
                json.writeStringField("checksum", query.checksum());
                if (cold) {
                    json.writeNumberField("cold_ms", query.coldMillis());
                }
                for (int e = 0; e < engines.size(); e++) {
                    json.writeArrayFieldStart(engines.get(e) + "_ms");
                    for (double run : query.millis().get(e)) {
                        json.writeNumber(run);
                    }
                    json.writeEndArray();
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeObjectFieldStart("geomean_ms");
            for (int e = 0; e < engines.size(); e++) {
                json.writeNumberField(engines.get(e), mean(e));
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }
}
