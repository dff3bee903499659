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
import java.util.stream.DoubleStream;

/// Words times, ratios and the geometric mean.
public final class BenchReport {
    private static final double MIB = 1 << 20;

    private final List<String> engines;
    private final boolean cold;
    private final List<QueryTimes> queries = new ArrayList<>();
    private final List<QueryFailure> failures = new ArrayList<>();

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
            line.append(
                    String.format(Locale.ROOT, "%14s%10s%9s%9s", engine, "median", "cpu", "peak"));
        }
        for (int e = 1; e < engines.size(); e++) {
            line.append(String.format(Locale.ROOT, "%16s", "/ " + engines.get(e)));
        }
        if (cold) {
            line.append(String.format(Locale.ROOT, "%10s%8s", "cold", "/ hot"));
        }
        return line.append("  checksum").toString();
    }

    /// Adds a query.
    public void add(QueryOutcome outcome) {
        switch (outcome) {
            case QueryTimes times -> queries.add(times);
            case QueryFailure failure -> failures.add(failure);
        }
    }

    /// Returns the line of a query: of each engine the best and the median time and the median of the
    /// processor time in milliseconds and the peak memory in MiB, then how the first engine's best
    /// relates to the others'; or why there are no times.
    public String line(QueryOutcome outcome) {
        return switch (outcome) {
            case QueryTimes times -> line(times);
            case QueryFailure failure ->
                    String.format(
                            Locale.ROOT,
                            "%-8s%s: %s",
                            failure.query(),
                            failure.kind().word(),
                            failure.reason());
        };
    }

    private String line(QueryTimes times) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-8s", times.query()));
        for (int e = 0; e < engines.size(); e++) {
            EngineRuns runs = times.engines().get(e);
            line.append(
                    String.format(
                            Locale.ROOT,
                            "%14.1f%10.1f%9.1f%8.1fM",
                            runs.best(),
                            runs.median(),
                            runs.medianCpu(),
                            runs.peakBytes() / MIB));
        }
        for (int e = 1; e < engines.size(); e++) {
            line.append(String.format(Locale.ROOT, "%16.2f", times.best(0) / times.best(e)));
        }
        if (cold) {
            double first = times.coldMillis();
            line.append(String.format(Locale.ROOT, "%10.1f%8.2f", first, first / times.median(0)));
        }
        return line.append("  ").append(times.checksum()).toString();
    }

    /// Returns whether a query has no times.
    public boolean hasFailures() {
        return !failures.isEmpty();
    }

    /// Returns how many queries ran, and which did not.
    public String summary() {
        StringBuilder line =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "%d of %d queries %s",
                                queries.size(),
                                queries.size() + failures.size(),
                                engines.size() == 1 ? "ran" : "ran with equal answers"));
        for (QueryFailure.Kind kind : QueryFailure.Kind.values()) {
            List<String> names =
                    failures.stream()
                            .filter(failure -> failure.kind() == kind)
                            .map(QueryFailure::query)
                            .toList();
            if (!names.isEmpty()) {
                line.append(
                        String.format(
                                Locale.ROOT,
                                "; %s: %d (%s)",
                                kind.word(),
                                names.size(),
                                String.join(", ", names)));
            }
        }
        return line.toString();
    }

    /// Returns the line of the geometric means of the best times and the processor times, over the
    /// queries that have times.
    public String means() {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-8s", "geomean"));
        for (int e = 0; e < engines.size(); e++) {
            line.append(
                    String.format(Locale.ROOT, "%14.1f%10s%9.1f%9s", mean(e), "", cpuMean(e), ""));
        }
        for (int e = 1; e < engines.size(); e++) {
            line.append(String.format(Locale.ROOT, "%16.2f", mean(0) / mean(e)));
        }
        return line.toString().stripTrailing();
    }

    private double mean(int engine) {
        return geometricMean(queries.stream().mapToDouble(q -> q.best(engine)));
    }

    private double cpuMean(int engine) {
        return geometricMean(
                queries.stream().mapToDouble(q -> q.engines().get(engine).medianCpu()));
    }

    private static double geometricMean(DoubleStream values) {
        return Math.exp(values.map(Math::log).average().orElse(Double.NaN));
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
            json.writeStringField("java", System.getProperty("java.vm.version"));
            json.writeStringField("collector", GarbageCollector.name());
            json.writeArrayFieldStart("queries");
            for (QueryTimes query : queries) {
                json.writeStartObject();
                json.writeStringField("query", query.query());
                json.writeStringField("checksum", query.checksum());
                if (cold) {
                    json.writeNumberField("cold_ms", query.coldMillis());
                }
                for (int e = 0; e < engines.size(); e++) {
                    EngineRuns runs = query.engines().get(e);
                    writeArray(json, engines.get(e) + "_ms", runs.millis());
                    writeArray(json, engines.get(e) + "_cpu_ms", runs.cpuMillis());
                    json.writeNumberField(engines.get(e) + "_peak_bytes", runs.peakBytes());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("failures");
            for (QueryFailure failure : failures) {
                json.writeStartObject();
                json.writeStringField("query", failure.query());
                json.writeStringField("outcome", failure.kind().word());
                json.writeStringField("reason", failure.reason());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeObjectFieldStart("geomean_ms");
            for (int e = 0; e < engines.size(); e++) {
                json.writeNumberField(engines.get(e), mean(e));
            }
            json.writeEndObject();
            json.writeObjectFieldStart("geomean_cpu_ms");
            for (int e = 0; e < engines.size(); e++) {
                json.writeNumberField(engines.get(e), cpuMean(e));
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void writeArray(JsonGenerator json, String name, double[] values)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (double value : values) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }
}
