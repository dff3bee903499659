package io.neuralake.server.bench;

import io.neuralake.server.bench.profile.Profiler;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// Runs queries again for a flame graph, on one engine alone and untimed, so that sampling changes no
/// figure.
public final class ProfiledRuns {
    private final Profiler profiler;
    private final Duration each;

    /// Samples with async-profiler where its library is, else with Java's Flight Recorder.
    ///
    /// @param library of async-profiler; null looks where it is usually installed
    /// @param each how long each query runs, at least once
    public ProfiledRuns(@Nullable Path library, Duration each) {
        this.profiler = Profiler.find(library);
        this.each = each;
    }

    /// Says what samples.
    public String profiler() {
        return profiler.description();
    }

    /// Runs the queries on an engine and writes the flame graph.
    public void write(BenchEngine engine, List<String> queries, Path file) {
        profiler.start();
        try {
            for (String sql : queries) {
                long start = System.nanoTime();
                do {
                    engine.run(sql);
                } while (System.nanoTime() - start < each.toNanos());
            }
        } finally {
            profiler.stop(file);
        }
    }
}
