package io.neuralake.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.util.LinkedHashMap;
import java.util.Map;

/// The root command, and the commands below it.
@Command(
        name = "neuralake",
        description = "A SQL engine server on Arrow Flight SQL.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Options can also be set by environment (NEURALAKE_PORT for --port)",
            "and in a file neuralake.properties (port=8815) in the working folder."
        })
public final class Neuralake implements Runnable {
    private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("demo", DemoCommand.class);
        COMMANDS.put("serve", ServeCommand.class);
        COMMANDS.put("sql", SqlCommand.class);
        COMMANDS.put("generate", GenerateCommand.class);
        COMMANDS.put("bench", BenchCommand.class);
        COMMANDS.put("doctor", DoctorCommand.class);
        COMMANDS.put("train", TrainCommand.class);
        COMMANDS.put("version", VersionCommand.class);
    }

    @Spec private CommandSpec spec;

    /// Made by picocli, which sets the fields.
    @SuppressWarnings("NullAway.Init")
    public Neuralake() {}

    /// Builds the command line for the arguments of one call. Where they begin with a command, it
    /// knows only that one: reading the annotations of all of them takes longer than most starts need.
    public static CommandLine commandLine(String... arguments) {
        CommandLine line = new CommandLine(new Neuralake());
        Class<?> wanted = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        if (wanted != null) {
            line.addSubcommand(wanted);
        } else {
            COMMANDS.values().forEach(line::addSubcommand);
        }
        return line;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Missing a command");
    }
}
