package io.neuralake.server.bench;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Prints times, ratios and the geometric mean.
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

    /// Prints the heading.
    public void begin(PrintStream out) {
        StringBuilder line = new StringBuilder(String.format("%-8s", "query"));
        for (String engine : engines) {
            line.append(String.format("%12s%10s", engine, "median"));
        }
        for (int e = 1; e < engines.size(); e++) {
            line.append(String.format("%14s", "/ " + engines.get(e)));
        }
        if (cold) {
            line.append(String.format("%10s%8s", "cold", "/ hot"));
        }
        out.println(line.append("  checksum"));
    }

    /// Adds a query and prints its line; times are the best of the runs, in milliseconds.
    public void add(QueryTimes times, PrintStream out) {
        queries.add(times);
        StringBuilder line = new StringBuilder(String.format("%-8s", times.query()));
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
        out.println(line.append("  ").append(times.checksum()));
        out.flush();
    }

    /// Prints the geometric means.
    public void end(PrintStream out) {
        StringBuilder line = new StringBuilder(String.format("%-8s", "geomean"));
        for (int e = 0; e < engines.size(); e++) {
            line.append(String.format(Locale.ROOT, "%12.1f%10s", mean(e), ""));
        }
        for (int e = 1; e < engines.size(); e++) {
            line.append(String.format(Locale.ROOT, "%14.2f", mean(0) / mean(e)));
        }
        out.println(line);
    }

    private double mean(int engine) {
        return Math.exp(
                queries.stream()
                        .mapToDouble(q -> Math.log(q.best(engine)))
                        .average()
                        .orElse(Double.NaN));
    }

    /// Writes everything as JSON.
    public void writeJson(Path file, String benchmark, double scale, int threads)
            throws IOException {
        try (JsonGenerator json =
                new JsonFactory().createGenerator(Files.newBufferedWriter(file))) {
            json.useDefaultPrettyPrinter();
            json.writeStartObject();
            json.writeStringField("benchmark", benchmark);
            json.writeNumberField("scale", scale);
            json.writeNumberField("threads", threads);
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
