package io.neuralake.server.cli;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.bench.BenchEngine;
import io.neuralake.server.bench.BenchReport;
import io.neuralake.server.bench.ColdProcess;
import io.neuralake.server.bench.DuckDbBenchEngine;
import io.neuralake.server.bench.NeuralakeBenchEngine;
import io.neuralake.server.bench.QueryTimes;
import io.neuralake.server.bench.SideBySide;
import io.neuralake.server.bench.TpchQueries;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.TpchTables;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Times queries side by side with other engines.
@Command(
        name = "bench",
        description = "Times queries side by side with other engines and compares the answers.",
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Runnable {
    /// The benchmarks.
    enum Benchmark {
        TPCH
    }

    @Parameters(paramLabel = "BENCHMARK", description = "One of: ${COMPLETION-CANDIDATES}.")
    private Benchmark benchmark;

    @Option(names = "--scale", defaultValue = "1", description = "Scale factor; default: 1.")
    private double scale;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Folder of the data; default: one in the temporary folder, made once.")
    private @Nullable Path data;

    @Option(
            names = "--queries",
            paramLabel = "N",
            split = ",",
            description = "Numbers of queries, such as 1,6,9; default: all.")
    private @Nullable List<Integer> queries;

    @Option(names = "--runs", defaultValue = "5", description = "Counted runs; default: 5.")
    private int runs;

    @Option(
            names = "--against",
            paramLabel = "ENGINE",
            split = ",",
            description = "Engines to compare with: duckdb.")
    private @Nullable List<String> against;

    @Option(
            names = "--cold",
            description = "Also runs each query once in a fresh process, whose code is cold.")
    private boolean cold;

    @Option(names = "--json", paramLabel = "F", description = "Writes all times to a file.")
    private @Nullable Path json;

    @Mixin private EngineOptions options;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public BenchCommand() {}

    @Override
    public void run() {
        EngineSettings settings = options.settings();
        Path folder = data();
        List<BenchEngine> engines = new ArrayList<>();
        try {
            engines.add(new NeuralakeBenchEngine(folder, settings));
            for (String name : against == null ? List.<String>of() : against) {
                engines.add(engine(name, folder, settings));
            }
            compare(engines, settings, folder);
        } finally {
            engines.forEach(BenchEngine::close);
        }
    }

    private static BenchEngine engine(String name, Path folder, EngineSettings settings) {
        return switch (name) {
            case "duckdb" -> new DuckDbBenchEngine(folder, settings.threads());
            case "spark" ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED, "Spark cannot be benchmarked yet");
            default ->
                    throw new NeuralakeException(
                            ErrorCode.INVALID_PARAMETER, "Unknown engine: " + name);
        };
    }

    private void compare(List<BenchEngine> engines, EngineSettings settings, Path folder) {
        BenchReport report =
                new BenchReport(engines.stream().map(BenchEngine::name).toList(), cold);
        ColdProcess fresh = new ColdProcess(folder, settings.threads());
        SideBySide sideBySide = new SideBySide(engines, Math.max(1, runs));
        System.out.println(
                benchmark.name().toLowerCase(java.util.Locale.ROOT)
                        + " scale "
                        + scale
                        + ", "
                        + settings.threads()
                        + " threads, best and median of "
                        + runs
                        + " runs in milliseconds, Parquet zstd, hot, no page cache");
        report.begin(System.out);
        for (int number : numbers()) {
            String sql = TpchQueries.text(number);
            QueryTimes times = sideBySide.time("Q" + number, sql);
            report.add(cold ? times.withColdMillis(fresh.millis(sql)) : times, System.out);
        }
        report.end(System.out);
        if (json != null) {
            try {
                report.writeJson(json, benchmark.name(), scale, settings.threads());
            } catch (IOException e) {
                throw new NeuralakeException(ErrorCode.STORAGE_ERROR, "Cannot write: " + json, e);
            }
        }
    }

    private List<Integer> numbers() {
        if (queries == null) {
            return IntStream.rangeClosed(1, TpchQueries.COUNT).boxed().toList();
        }
        for (int number : queries) {
            if (number < 1 || number > TpchQueries.COUNT) {
                throw new NeuralakeException(
                        ErrorCode.INVALID_PARAMETER, "No such query: " + number + "; 1 to 22");
            }
        }
        return queries;
    }

    private Path data() {
        Path folder =
                data != null
                        ? data
                        : Path.of(System.getProperty("java.io.tmpdir"), "neuralake-tpch-" + scale);
        if (!Files.exists(folder.resolve("region.parquet"))) {
            DataSetWriter.write(
                    TpchTables.at(scale),
                    folder,
                    DataSetWriter.Layout.FILES,
                    new ProgressBar(System.err, System.console() != null));
        }
        return folder;
    }
}
