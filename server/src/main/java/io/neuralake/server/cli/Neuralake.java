package io.neuralake.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// The root command.
@Command(
        name = "neuralake",
        description = "A SQL engine server on Arrow Flight SQL.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            SqlCommand.class,
            GenerateCommand.class,
            BenchCommand.class,
            DoctorCommand.class,
            VersionCommand.class
        },
        footer = {
            "",
            "Options can also be set by environment (NEURALAKE_PORT for --port)",
            "and in a file neuralake.properties (port=8815) in the working folder."
        })
public final class Neuralake implements Runnable {
    @Spec private CommandSpec spec;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public Neuralake() {}

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Missing a command");
    }
}
