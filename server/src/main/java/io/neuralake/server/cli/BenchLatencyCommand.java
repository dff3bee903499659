package io.neuralake.server.cli;

import io.neuralake.server.bench.load.LoadReport;
import io.neuralake.server.bench.load.LoadResult;
import io.neuralake.server.bench.load.LoadedServer;
import io.neuralake.server.bench.load.PauseRecorder;
import io.neuralake.server.bench.load.Workload;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

import java.util.ArrayList;
import java.util.List;

/// Measures how long the JVM stands still while clients are served.
@Command(
        name = "latency",
        description = {
            "Measures how long the JVM stands still while clients ask, half of them point queries"
                    + " and half of them a dashboard.",
            "Servers have ZGC; compare with NEURALAKE_JAVA_OPTS=-XX:+UseG1GC."
        },
        mixinStandardHelpOptions = true)
public final class BenchLatencyCommand implements Runnable {
    @ParentCommand private BenchCommand parent;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "8",
            converter = OptionValues.Count.class,
            description = "Number of clients; default: 8.")
    private int clients;

    @Mixin private LoadOptions options;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public BenchLatencyCommand() {}

    @Override
    public void run() {
        Neuralake root = parent.root();
        LoadReport report = new LoadReport("latency");
        options.data().make(root.progress());
        try (LoadedServer server = new LoadedServer(options.data().folder(), options.settings())) {
            root.say(options.description("latency"));
            Workload points = server.pointLookups(Workload.Kind.PREPARED);
            Workload dashboard = server.dashboard();
            List<Workload> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(i % 2 == 0 ? points : dashboard);
            }
            List<LoadResult> results;
            try (PauseRecorder pauses = new PauseRecorder()) {
                results = server.load(options.warmUp(), options.seconds()).run(all);
                pauses.stop();
                root.say(LoadReport.heading());
                for (LoadResult result : results) {
                    root.say(report.add(result));
                }
                root.say(report.add("collector pauses", pauses.collector()));
                root.say(report.add("all safepoints", pauses.safepoints()));
            }
        }
        options.write(report);
    }
}
