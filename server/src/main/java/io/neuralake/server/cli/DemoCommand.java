package io.neuralake.server.cli;

import io.neuralake.server.LakeServer;
import io.neuralake.server.ServerProcess;
import io.neuralake.server.ServerSettings;
import io.neuralake.server.generate.DataSetWriter;
import io.neuralake.server.generate.SignalsTables;
import io.neuralake.server.generate.TpchTables;
import io.neuralake.server.output.ResultFormat;
import io.neuralake.server.output.ResultWriter;
import io.neuralake.server.output.TableLayout;
import io.neuralake.server.sql.RemoteTarget;
import io.neuralake.server.sql.ServerAddress;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;

/// Shows the server to a newcomer: makes a lake, serves it, asks a question as a client would.
@Command(
        name = "demo",
        description = "Makes a demo lake, serves it, and answers one query through Flight SQL.",
        mixinStandardHelpOptions = true)
public final class DemoCommand implements Callable<Integer> {
    private static final double TPCH_SCALE = 0.1;
    private static final double SIGNALS_SCALE = 0.1;
    private static final String COMPLETE = "_complete";
    private static final String QUESTION =
            """
            SELECT n_name AS nation, count(*) AS orders,
                sum(l_extendedprice * (1 - l_discount)) AS revenue
            FROM customer
            JOIN orders ON o_custkey = c_custkey
            JOIN lineitem ON l_orderkey = o_orderkey
            JOIN nation ON n_nationkey = c_nationkey
            WHERE o_orderdate >= DATE '1994-01-01' AND o_orderdate < DATE '1995-01-01'
            GROUP BY n_name
            ORDER BY revenue DESC
            LIMIT 5
            """;

    @ParentCommand private Neuralake root;

    @Option(names = "--once", description = "Leaves after the answer.")
    private boolean once;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            defaultValue = "neuralake-demo",
            description = "Where the lake is made; default: neuralake-demo.")
    private Path out;

    @Mixin private PortOptions ports;

    @Mixin private EngineOptions engine;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public DemoCommand() {}

    @Override
    public Integer call() throws IOException {
        makeLake();
        ServerSettings settings =
                new ServerSettings(
                        "127.0.0.1", once ? 0 : ports.port(), once ? 0 : ports.httpPort(), false);
        try (LakeServer lake = LakeServer.open(out.toString(), engine.settings());
                ServerProcess process = ServerProcess.start(lake, settings);
                ShutdownSignal signal = new ShutdownSignal()) {
            ask(settings.url(process.port()));
            if (once) {
                return CommandLine.ExitCode.OK;
            }
            root.say(connecting(process.port(), process.httpPort()));
            ServeCommand.serve(lake, process, true, signal);
        }
        return CommandLine.ExitCode.OK;
    }

    private void makeLake() {
        Path complete = out.resolve(COMPLETE);
        if (Files.exists(complete)) {
            return;
        }
        root.streams().err().println("making the demo lake in " + out);
        ProgressBar progress = root.progress();
        DataSetWriter.write(TpchTables.at(TPCH_SCALE), out, DataSetWriter.Layout.FILES, progress);
        DataSetWriter.write(
                SignalsTables.at(SIGNALS_SCALE),
                out.resolve("signals"),
                DataSetWriter.Layout.FOLDERS,
                progress);
        try {
            Files.createFile(complete);
        } catch (IOException e) {
            throw new NeuralakeException(
                    ErrorCode.STORAGE_ERROR, "Cannot write to the demo lake: " + out, e);
        }
    }

    private void ask(String url) throws IOException {
        root.say(QUESTION);
        long start = System.nanoTime();
        try (RemoteTarget target = new RemoteTarget(ServerAddress.parse(url));
                ResultWriter writer =
                        ResultFormat.TABLE.writer(root.streams().out(), TableLayout.WHOLE)) {
            target.run(QUESTION, writer);
        }
        root.say(
                String.format(
                        Locale.ROOT,
                        "answered over Flight SQL in %.2f s, by a JVM that has just started",
                        (System.nanoTime() - start) / 1e9));
    }

    private static String connecting(int port, int httpPort) {
        return String.format(
                Locale.ROOT,
                """

                ready: grpc://127.0.0.1:%1$d

                JDBC    jdbc:arrow-flight-sql://localhost:%1$d/?useEncryption=false
                Python  adbc_driver_flightsql.dbapi.connect("grpc://localhost:%1$d")
                Shell   ./neuralake sql --connect grpc://localhost:%1$d
                Web     http://127.0.0.1:%2$d/metrics

                Try: SELECT channel, count(*) FROM signals.spikes GROUP BY channel ORDER BY 2 DESC LIMIT 5
                Ctrl-C stops the server.\
                """,
                port,
                httpPort);
    }
}
