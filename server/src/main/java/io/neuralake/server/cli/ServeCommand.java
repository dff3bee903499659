package io.neuralake.server.cli;

import io.neuralake.server.BackgroundWarmUp;
import io.neuralake.server.IdleMemory;
import io.neuralake.server.LakeServer;
import io.neuralake.server.ServerProcess;
import io.neuralake.server.ServerSettings;
import io.neuralake.spi.simd.SimdCapabilities;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

import java.util.Set;

/// Runs the server until it is told to stop.
@Command(
        name = "serve",
        description = "Serves a lake over Arrow Flight SQL.",
        mixinStandardHelpOptions = true)
public final class ServeCommand implements Runnable {
    /// Of each query. By then most of their code is compiled; more takes longer than servers stay idle.
    private static final int WARM_UP_RUNS = 6;

    @ParentCommand private Neuralake root;

    @Parameters(
            paramLabel = "LAKE",
            arity = "0..1",
            description = "Folder whose files and folders are the tables, or s3://bucket/prefix.")
    private @Nullable String lake;

    @Option(names = "--lake", hidden = true)
    private @Nullable String lakeOption;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description = "Address to listen on; default: 127.0.0.1.")
    private String host;

    @Mixin private PortOptions ports;

    @Option(
            names = "--insecure",
            description = "Listens on another address than loopback without authentication.")
    private boolean insecure;

    /// Whether something happens.
    enum Switch {
        ON,
        OFF
    }

    /// Reads `--warm-up`.
    static final class SwitchChoice extends OptionValues.Choice<Switch> {
        SwitchChoice() {
            super(Switch.class, Set.of());
        }
    }

    @Option(
            names = "--warm-up",
            paramLabel = "on|off",
            defaultValue = "on",
            converter = SwitchChoice.class,
            description =
                    "Compiles planner and executor in the background for 20 seconds at most after"
                            + " the start; default: on.")
    private Switch warmUp;

    @Mixin private EngineOptions engine;

    @Mixin private StorageOptions storage;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public ServeCommand() {}

    @Override
    public void run() {
        ServerSettings settings =
                new ServerSettings(host, ports.port(), ports.httpPort(), insecure);
        String folder = lake == null ? lakeOption : lake;
        warnOfScalarKernels();
        try (LakeServer lakeServer =
                        LakeServer.open(folder, engine.settings(), storage.settings());
                ServerProcess process = ServerProcess.start(lakeServer, settings);
                ShutdownSignal signal = new ShutdownSignal()) {
            root.say("ready: " + settings.url(process.port()));
            serve(lakeServer, process, warmUp == Switch.ON, signal);
        }
    }

    private static void warnOfScalarKernels() {
        boolean wanted = !"scalar".equals(System.getProperty(SimdCapabilities.KERNELS_PROPERTY));
        if (wanted && !SimdCapabilities.compiled()) {
            System.err.println(
                    "warning: vector instructions are off, so queries run on slower scalar kernels;"
                            + " start with ./neuralake, or ask ./neuralake doctor");
        }
    }

    /// Serves until the process is told to stop.
    static void serve(LakeServer lake, ServerProcess process, boolean warm, ShutdownSignal signal) {
        if (!warm) {
            signal.await();
            return;
        }
        try (BackgroundWarmUp _ =
                BackgroundWarmUp.start(
                        lake.warmUp(WARM_UP_RUNS), IdleMemory.RELEASES, process::isBusy)) {
            signal.await();
        }
    }
}
