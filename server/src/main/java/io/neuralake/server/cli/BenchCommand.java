package io.neuralake.server.cli;

import io.neuralake.exec.EngineSettings;
import io.neuralake.server.bench.BenchEngine;
import io.neuralake.server.bench.BenchQuery;
import io.neuralake.server.bench.BenchReport;
import io.neuralake.server.bench.Benchmark;
import io.neuralake.server.bench.ColdProcess;
import io.neuralake.server.bench.DuckDbBenchEngine;
import io.neuralake.server.bench.GarbageCollector;
import io.neuralake.server.bench.NeuralakeBenchEngine;
import io.neuralake.server.bench.ProfiledRuns;
import io.neuralake.server.bench.QueryOutcome;
import io.neuralake.server.bench.QueryTimes;
import io.neuralake.server.bench.QueryWork;
import io.neuralake.server.bench.SideBySide;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.GeneratedTable;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Times queries side by side with other engines.
@Command(
        name = "bench",
        description = "Times queries side by side with other engines and compares the answers.",
        subcommands = {BenchConcurrentCommand.class, BenchLatencyCommand.class},
        mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {
    /// The engines to compare with.
    enum Rival {
        DUCKDB,
        /// DuckDB with tables of its own in memory.
        DUCKDB_MEMORY,
        /// This engine with one worker.
        ONE_THREAD,
        SPARK
    }

    /// Reads BENCHMARK.
    static final class BenchmarkChoice extends OptionValues.Choice<Benchmark> {
        BenchmarkChoice() {
            super(Benchmark.class, Set.of());
        }
    }

    /// Reads `--against`.
    static final class RivalChoice extends OptionValues.Choice<Rival> {
        RivalChoice() {
            super(Rival.class, Set.of(Rival.SPARK));
        }
    }

    @ParentCommand private Neuralake root;
    @Spec private CommandSpec spec;

    @Parameters(
            paramLabel = "BENCHMARK",
            arity = "0..1",
            converter = BenchmarkChoice.class,
            description = "One of: tpch, tpcds; or one of the commands below.")
    private @Nullable Benchmark benchmark;

    @Option(
            names = "--scale",
            paramLabel = "N",
            defaultValue = "1",
            converter = OptionValues.Scale.class,
            description = "Scale factor; default: 1.")
    private double scale;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "Folder of the data, which is made where there is none;"
                            + " default: one in the temporary folder.")
    private @Nullable Path data;

    @Option(
            names = "--queries",
            paramLabel = "N",
            split = ",",
            converter = OptionValues.Count.class,
            description = "Numbers of queries, such as 1,6,9; default: all.")
    private @Nullable List<Integer> queries;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            converter = OptionValues.Count.class,
            description = "Counted runs; default: 5.")
    private int runs;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "3",
            converter = OptionValues.Seconds.class,
            description =
                    "How long each engine runs each query before it is timed, at least once, after"
                            + " a round of all queries; default: 3.")
    private Duration warmUp;

    @Option(
            names = "--against",
            paramLabel = "ENGINE",
            split = ",",
            converter = RivalChoice.class,
            description =
                    "Engines to compare with: duckdb, duckdb-memory for its own tables in memory,"
                            + " or one-thread for this engine with one worker.")
    private @Nullable List<Rival> against;

    @Option(
            names = "--cold",
            description = "Also runs each query once in a fresh process, whose code is cold.")
    private boolean cold;

    @Option(
            names = "--floor",
            description =
                    "Also compares this engine's processor time with what decompressing and"
                        + " decoding the pages takes that a query reads, and says which operators"
                        + " it goes to.")
    private boolean floor;

    @Option(names = "--json", paramLabel = "F", description = "Writes all times to a file.")
    private @Nullable Path json;

    @Option(
            names = "--profile",
            paramLabel = "F",
            description =
                    "Writes a flame graph of this engine, which runs each query once more for the"
                            + " time of --warm-up: a page of HTML, or folded stacks where the name"
                            + " ends with .collapsed.")
    private @Nullable Path profile;

    @Option(
            names = "--async-profiler",
            paramLabel = "LIBRARY",
            description =
                    "libasyncProfiler for --profile; default: where it is usually installed, else"
                            + " Java's own recorder, which sees Java code only.")
    private @Nullable Path asyncProfiler;

    @Mixin private EngineOptions options;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public BenchCommand() {}

    /// Returns the root command.
    Neuralake root() {
        return root;
    }

    @Override
    public Integer call() {
        if (benchmark == null) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Missing required parameter: 'BENCHMARK'");
        }
        List<Rival> rivals = against == null ? List.of() : against;
        if (rivals.contains(Rival.SPARK)) {
            throw new NeuralakeException(ErrorCode.UNSUPPORTED, "Spark cannot be benchmarked yet");
        }
        List<Integer> numbers = numbers();
        EngineSettings settings = options.settingsForBenchmarks();
        Path folder = data();
        List<BenchEngine> engines = new ArrayList<>();
        try {
            engines.add(new NeuralakeBenchEngine(folder, settings));
            if (rivals.contains(Rival.ONE_THREAD)) {
                engines.add(
                        new NeuralakeBenchEngine("one-thread", folder, settings.withThreads(1)));
            }
            if (rivals.contains(Rival.DUCKDB)) {
                engines.add(new DuckDbBenchEngine(folder, settings.threads()));
            }
            if (rivals.contains(Rival.DUCKDB_MEMORY)) {
                engines.add(DuckDbBenchEngine.ofTablesInMemory(folder, settings.threads()));
            }
            BenchReport report =
                    new BenchReport(engines.stream().map(BenchEngine::name).toList(), cold);
            compare(engines, numbers, report, settings, folder);
            return report.hasFailures() ? CommandLine.ExitCode.SOFTWARE : CommandLine.ExitCode.OK;
        } finally {
            engines.forEach(BenchEngine::close);
        }
    }

    private void compare(
            List<BenchEngine> engines,
            List<Integer> numbers,
            BenchReport report,
            EngineSettings settings,
            Path folder) {
        ColdProcess fresh = new ColdProcess(folder, settings);
        SideBySide sideBySide = new SideBySide(engines, runs, warmUp);
        root.say(
                String.format(
                        Locale.ROOT,
                        "%s scale %s, %d threads, best and median of %d runs and median processor"
                                + " time in milliseconds, peak memory in MiB,"
                                + " Parquet zstd, after a round and %d seconds of each to warm up,"
                                + " collector %s, page cache %s",
                        benchmark().lowerCaseName(),
                        scale,
                        settings.threads(),
                        runs,
                        warmUp.toSeconds(),
                        GarbageCollector.name(),
                        pageCache(settings)));
        root.say(report.heading());
        List<BenchQuery> queries =
                numbers.stream().flatMap(n -> benchmark().query(n).stream()).toList();
        sideBySide.warmUpAll(queries);
        List<String> works = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (BenchQuery query : queries) {
            QueryOutcome outcome = sideBySide.time(query);
            if (outcome instanceof QueryTimes hot) {
                texts.add(query.sql());
                if (floor) {
                    double cpuMillis = hot.engines().getFirst().leastCpu();
                    engines.getFirst()
                            .work(query.sql())
                            .ifPresent(work -> works.add(work.line(query.name(), cpuMillis)));
                }
                outcome = cold ? hot.withColdMillis(fresh.millis(query.sql())) : hot;
            }
            report.add(outcome);
            root.say(report.line(outcome));
        }
        root.say(report.means());
        root.say(report.summary());
        if (floor) {
            root.say("");
            root.say(QueryWork.heading());
            works.forEach(root::say);
        }
        if (json != null) {
            try {
                report.writeJson(json, benchmark().lowerCaseName(), scale, settings);
            } catch (IOException e) {
                throw new NeuralakeException(ErrorCode.STORAGE_ERROR, "Cannot write: " + json, e);
            }
        }
        if (profile != null) {
            ProfiledRuns profiled = new ProfiledRuns(asyncProfiler, warmUp);
            profiled.write(engines.get(0), texts, profile);
            root.say("flame graph: " + profile + " (" + profiled.profiler() + ")");
        }
    }

    private Benchmark benchmark() {
        return Objects.requireNonNull(benchmark);
    }

    private static String pageCache(EngineSettings settings) {
        long bytes = settings.cacheLimitBytes();
        return bytes == 0 ? "off" : "of " + MemorySize.text(bytes);
    }

    /// Returns the numbers of the queries to run. Throws ParameterException when there is none of a
    /// number.
    private List<Integer> numbers() {
        if (queries == null) {
            return IntStream.rangeClosed(1, benchmark().queryCount()).boxed().toList();
        }
        for (int number : queries) {
            if (number > benchmark().queryCount()) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        String.format(
                                Locale.ROOT,
                                "Invalid value for option '--queries' (N): '%d' is not a query;"
                                        + " write 1 to %d",
                                number,
                                benchmark().queryCount()));
            }
        }
        return queries;
    }

    /// Returns the folder of the data, and makes the data where there is none. The last table tells
    /// whether they are complete.
    private Path data() {
        Path folder =
                data != null
                        ? data
                        : Path.of(
                                System.getProperty("java.io.tmpdir"),
                                "neuralake-" + benchmark().lowerCaseName() + "-" + scale);
        List<GeneratedTable> tables = benchmark().tables(scale);
        String last = tables.getLast().name();
        if (Files.exists(folder.resolve(last + ".parquet"))
                || Files.exists(folder.resolve(last).resolve("_delta_log"))) {
            return folder;
        }
        if (data != null && holdsOtherFiles(data, tables)) {
            throw new NeuralakeException(
                    ErrorCode.FILE_NOT_FOUND,
                    "Folder holds other files than those of "
                            + benchmark().title()
                            + ": "
                            + data
                            + "; choose another");
        }
        DataSetWriter.write(tables, folder, DataSetWriter.Layout.FILES, root.progress());
        return folder;
    }

    private static boolean holdsOtherFiles(Path folder, List<GeneratedTable> tables) {
        Set<String> ours =
                tables.stream().map(table -> table.name() + ".parquet").collect(Collectors.toSet());
        try (Stream<Path> files = Files.list(folder)) {
            return files.anyMatch(file -> !ours.contains(file.getFileName().toString()));
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR, "Not a folder that can be read: " + folder, e);
        }
    }
}
