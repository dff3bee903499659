package io.neuralake.server.cli;

import io.neuralake.server.bench.load.HeavyQuery;
import io.neuralake.server.bench.load.Load;
import io.neuralake.server.bench.load.LoadReport;
import io.neuralake.server.bench.load.LoadResult;
import io.neuralake.server.bench.load.LoadedServer;
import io.neuralake.server.bench.load.Workload;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// Measures what clients wait for when there are many.
@Command(
        name = "concurrent",
        description =
                "Measures point queries and dashboards under 1 to many clients, and point queries"
                        + " beside a heavy query.",
        mixinStandardHelpOptions = true)
public final class BenchConcurrentCommand implements Runnable {
    @ParentCommand private BenchCommand parent;

    @Option(
            names = "--clients",
            paramLabel = "N",
            split = ",",
            defaultValue = "1,8,64",
            converter = OptionValues.Count.class,
            description = "Numbers of clients; default: 1,8,64.")
    private List<Integer> clients;

    @Option(
            names = "--loads",
            paramLabel = "LOAD",
            split = ",",
            converter = LoadChoice.class,
            description = {
                "What is measured, of: point, look-ups by a prepared statement; java, the same as"
                        + " Flight's Java client does it, which takes a processor while it binds;"
                        + " text, look-ups each with a text of its own; dashboard, the queries of"
                        + " TPC-H; beside, point beside a heavy query. Default: all."
            })
    private @Nullable List<LoadKind> loads;

    @Option(
            names = "--heavy-data",
            paramLabel = "DIR",
            description =
                    "Folder of TPC-H data for the heavy query, of any scale; default: that of"
                            + " --data.")
    private @Nullable Path heavyData;

    @Mixin private LoadOptions options;

    /// What can be measured.
    enum LoadKind {
        POINT,
        JAVA,
        TEXT,
        DASHBOARD,
        BESIDE
    }

    /// Reads `--loads`.
    static final class LoadChoice extends OptionValues.Choice<LoadKind> {
        LoadChoice() {
            super(LoadKind.class, Set.of());
        }
    }

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public BenchConcurrentCommand() {}

    @Override
    public void run() {
        Neuralake root = parent.root();
        LoadReport report = new LoadReport("concurrent");
        options.data().make(root.progress());
        try (LoadedServer server = new LoadedServer(options.data().folder(), options.settings())) {
            root.say(options.description("concurrent"));
            root.say(LoadReport.heading());
            Load load = server.load(options.warmUp(), options.seconds());
            for (LoadKind kind : loads == null ? List.of(LoadKind.values()) : loads) {
                if (kind == LoadKind.BESIDE) {
                    beside(server, load, report);
                } else {
                    Workload workload = workload(server, kind);
                    for (int count : clients) {
                        root.say(report.add(load.run(workload, count)));
                    }
                }
            }
        }
        options.write(report);
    }

    private static Workload workload(LoadedServer server, LoadKind kind) {
        return switch (kind) {
            case POINT, BESIDE -> server.pointLookups(Workload.Kind.PREPARED);
            case JAVA -> server.pointLookups(Workload.Kind.PREPARED_BY_JAVA_CLIENT);
            case TEXT -> server.pointLookups(Workload.Kind.TEXT);
            case DASHBOARD -> server.dashboard();
        };
    }

    private void beside(LoadedServer server, Load load, LoadReport report) {
        Workload points = workload(server, LoadKind.BESIDE);
        for (int count : clients) {
            try (HeavyQuery heavy = server.heavyQuery(heavyData)) {
                LoadResult result = load.run(points, count);
                parent.root()
                        .say(
                                report.add(result.beside("point + heavy"))
                                        + "  TPC-H Q1 beside: "
                                        + heavy.summary());
            }
        }
    }
}
