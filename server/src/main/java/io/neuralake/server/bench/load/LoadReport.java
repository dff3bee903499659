package io.neuralake.server.bench.load;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.bench.GarbageCollector;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Words what clients waited for, and how long the JVM stood still.
public final class LoadReport {
    private final String benchmark;
    private final List<LoadResult> results = new ArrayList<>();
    private final Map<String, Pauses> pauses = new LinkedHashMap<>();

    /// Reports on a benchmark of this name.
    public LoadReport(String benchmark) {
        this.benchmark = benchmark;
    }

    /// Returns the heading of results. Processor time is that of the process for each request.
    public static String heading() {
        return String.format(
                Locale.ROOT,
                "%-16s%8s%10s%10s%10s%10s%10s%12s%10s",
                "workload",
                "clients",
                "requests",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "max ms",
                "per second",
                "cpu ms");
    }

    /// Adds a result and returns its line.
    public String add(LoadResult result) {
        results.add(result);
        return String.format(
                Locale.ROOT,
                "%-16s%8d%10d%10.2f%10.2f%10.2f%10.2f%12.1f%10s",
                result.label(),
                result.clients(),
                result.requests(),
                result.millis(50),
                result.millis(99),
                result.millis(99.9),
                result.maxMillis(),
                result.throughput(),
                Double.isNaN(result.cpuMillis())
                        ? ""
                        : String.format(Locale.ROOT, "%.2f", result.cpuMillis()));
    }

    /// Adds pauses and returns their line.
    public String add(String kind, Pauses times) {
        pauses.put(kind, times);
        return String.format(
                Locale.ROOT,
                "%s: %d in %.1f s, %.1f ms in all; p50 %.3f, p99 %.3f, p99.9 %.3f, longest %.3f ms",
                kind,
                times.count(),
                times.seconds(),
                times.totalMillis(),
                times.millis(50),
                times.millis(99),
                times.millis(99.9),
                times.maxMillis());
    }

    /// Writes everything as JSON.
    ///
    /// @param scale of TPC-H
    public void writeJson(Path file, double scale, EngineSettings settings) throws IOException {
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
            json.writeArrayFieldStart("loads");
            for (LoadResult result : results) {
                write(json, result);
            }
            json.writeEndArray();
            json.writeObjectFieldStart("pauses");
            for (Map.Entry<String, Pauses> kind : pauses.entrySet()) {
                json.writeObjectFieldStart(kind.getKey());
                write(json, kind.getValue());
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, LoadResult result) throws IOException {
        json.writeStartObject();
        json.writeStringField("workload", result.label());
        json.writeNumberField("clients", result.clients());
        json.writeNumberField("requests", result.requests());
        json.writeNumberField("seconds", result.seconds());
        json.writeNumberField("p50_ms", result.millis(50));
        json.writeNumberField("p99_ms", result.millis(99));
        json.writeNumberField("p999_ms", result.millis(99.9));
        json.writeNumberField("max_ms", result.maxMillis());
        json.writeNumberField("per_second", result.throughput());
        if (!Double.isNaN(result.cpuMillis())) {
            json.writeNumberField("cpu_ms", result.cpuMillis());
        }
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Pauses times) throws IOException {
        json.writeNumberField("count", times.count());
        json.writeNumberField("seconds", times.seconds());
        json.writeNumberField("total_ms", times.totalMillis());
        json.writeNumberField("p50_ms", times.millis(50));
        json.writeNumberField("p99_ms", times.millis(99));
        json.writeNumberField("p999_ms", times.millis(99.9));
        json.writeNumberField("max_ms", times.maxMillis());
    }
}
