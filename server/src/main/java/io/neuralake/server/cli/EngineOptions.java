package io.neuralake.server.cli;

import io.neuralake.exec.EngineSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

/// Options of every command that runs queries in its own process.
public final class EngineOptions {
    @Option(
            names = "--threads",
            paramLabel = "N",
            converter = OptionValues.Count.class,
            description = "Workers that run queries; default: one a processor.")
    private @Nullable Integer threads;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = OptionValues.Size.class,
            description = "Most memory of all queries, such as 4GB; default: 60%% of the machine.")
    private @Nullable MemorySize memory;

    /// Returns the settings, defaults filled in.
    EngineSettings settings() {
        EngineSettings settings = EngineSettings.defaults();
        Integer workers = threads;
        if (workers != null) {
            settings = settings.withThreads(workers);
        }
        MemorySize limit = memory;
        return limit == null ? settings : settings.withMemoryLimitBytes(limit.bytes());
    }
}
