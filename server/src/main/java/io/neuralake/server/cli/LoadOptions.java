package io.neuralake.server.cli;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.bench.GarbageCollector;
import io.neuralake.server.bench.load.LoadData;
import io.neuralake.server.bench.load.LoadReport;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/// Options of the benchmarks that put a server under load.
final class LoadOptions {
    @Option(
            names = "--scale",
            paramLabel = "N",
            defaultValue = "1",
            converter = OptionValues.Scale.class,
            description = "Scale factor of TPC-H; default: 1.")
    private double scale;

    @Option(
            names = "--rows",
            paramLabel = "N",
            defaultValue = "10000000",
            converter = OptionValues.Count.class,
            description =
                    "Rows of the table of point queries when it is made; default: 10 million.")
    private int rows;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder of the data, where what is missing is made; may be that of bench tpch;"
                            + " default: one in the temporary folder.")
    private @Nullable Path data;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "10",
            converter = OptionValues.Seconds.class,
            description = "How long each load is measured; default: 10.")
    private Duration seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "5",
            converter = OptionValues.Seconds.class,
            description = "How long each load runs before it is measured; default: 5.")
    private Duration warmUp;

    @Option(names = "--json", paramLabel = "F", description = "Writes all figures to a file.")
    private @Nullable Path json;

    @Mixin private EngineOptions engine;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    LoadOptions() {}

    /// Returns the data, which may have to be made.
    LoadData data() {
        Path folder =
                data != null
                        ? data
                        : Path.of(System.getProperty("java.io.tmpdir"), "neuralake-tpch-" + scale);
        return new LoadData(folder, scale, rows);
    }

    /// Returns how the engine is set up: as a server is, page cache included.
    EngineSettings settings() {
        return engine.settings();
    }

    /// Returns how long each load is measured.
    Duration seconds() {
        return seconds;
    }

    /// Returns how long each load runs before.
    Duration warmUp() {
        return warmUp;
    }

    /// Says how it is measured.
    String description(String benchmark) {
        EngineSettings settings = settings();
        return String.format(
                Locale.ROOT,
                "%s, Flight SQL on loopback, clients in the server's process, TPC-H scale %s,"
                        + " %d threads, collector %s, page cache %s, %d seconds of each after %d",
                benchmark,
                scale,
                settings.threads(),
                GarbageCollector.name(),
                settings.cacheLimitBytes() == 0
                        ? "off"
                        : "of " + (settings.cacheLimitBytes() >> 20) + " MiB",
                seconds.toSeconds(),
                warmUp.toSeconds());
    }

    /// Writes the report where it was asked for.
    void write(LoadReport report) {
        if (json != null) {
            try {
                report.writeJson(json, scale, settings());
            } catch (IOException e) {
                throw new NeuralakeException(ErrorCode.STORAGE_ERROR, "Cannot write: " + json, e);
            }
        }
    }
}
