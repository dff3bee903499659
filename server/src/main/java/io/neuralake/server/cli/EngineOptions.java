package io.neuralake.server.cli;

import io.neuralake.exec.EngineSettings;
import io.neuralake.exec.spill.SpillSettings;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.nio.file.Path;

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
            description =
                    "Most memory of all queries and the page cache, such as 4GB;"
                            + " default: 60%% of the machine.")
    private @Nullable MemorySize memory;

    @Option(
            names = "--spill-dir",
            paramLabel = "FOLDER",
            description =
                    "Where queries spill to when memory is short; default: a folder in the"
                            + " system's temporary folder.")
    private @Nullable Path spillFolder;

    @Option(
            names = "--spill-limit",
            paramLabel = "SIZE",
            converter = OptionValues.Size.class,
            description = "Most bytes that all queries may spill; default: no limit.")
    private @Nullable MemorySize spillLimit;

    @Option(
            names = "--page-cache",
            paramLabel = "SIZE",
            converter = OptionValues.SizeOrNone.class,
            description =
                    "Most memory of decompressed pages kept for later queries, 0 for none;"
                            + " default: a quarter of --memory, for benchmarks none.")
    private @Nullable Long pageCache;

    /// Returns the settings, defaults filled in.
    EngineSettings settings() {
        EngineSettings settings = EngineSettings.defaults();
        Integer workers = threads;
        if (workers != null) {
            settings = settings.withThreads(workers);
        }
        MemorySize limit = memory;
        if (limit != null) {
            settings = settings.withMemoryLimitBytes(limit.bytes());
        }
        Long kept = pageCache;
        if (kept != null) {
            settings = settings.withCacheBytes(kept);
        }
        return settings.withSpill(spill(settings.spill()));
    }

    /// Returns the settings for comparisons: the page cache is off unless it was asked for.
    EngineSettings settingsForBenchmarks() {
        EngineSettings settings = settings();
        return pageCache == null ? settings.withCacheBytes(0) : settings;
    }

    private SpillSettings spill(SpillSettings defaults) {
        SpillSettings spill = defaults;
        Path folder = spillFolder;
        if (folder != null) {
            spill = spill.withFolder(folder.toAbsolutePath());
        }
        MemorySize limit = spillLimit;
        return limit == null ? spill : spill.withLimitBytes(limit.bytes());
    }
}
