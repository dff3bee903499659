package io.neuralake.server.cli;

import io.neuralake.server.bench.load.HeavyQuery;
import io.neuralake.server.bench.load.Load;
import io.neuralake.server.bench.load.LoadReport;
import io.neuralake.server.bench.load.LoadResult;
import io.neuralake.server.bench.load.LoadedServer;
import io.neuralake.server.bench.load.Workload;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

import java.util.List;

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

    @Mixin private LoadOptions options;

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
            Workload points = server.pointLookups(true);
            for (Workload workload :
                    List.of(points, server.pointLookups(false), server.dashboard())) {
                for (int count : clients) {
                    root.say(report.add(load.run(workload, count)));
                }
            }
            for (int count : clients) {
                try (HeavyQuery heavy = server.heavyQuery()) {
                    LoadResult result = load.run(points, count);
                    root.say(
                            report.add(result.beside("point + heavy"))
                                    + "  TPC-H Q1 beside: "
                                    + heavy.summary());
                }
            }
        }
        options.write(report);
    }
}
