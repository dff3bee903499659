package io.neuralake.server.cli;

import io.neuralake.server.output.ErrorText;
import io.neuralake.spi.error.NeuralakeException;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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

    private final StandardStreams streams;

    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    private Neuralake(StandardStreams streams) {
        this.streams = streams;
    }

    /// Runs the command of `args` and returns its exit status: 0 done, 1 it failed, 2 wrong usage.
    ///
    /// @param environment variables that set options
    /// @param folder where `neuralake.properties` may lie
    public static int run(
            String[] args, StandardStreams streams, Map<String, String> environment, Path folder) {
        return run(args, streams, environment, folder, () -> {});
    }

    /// As above.
    ///
    /// @param ready runs once the command line is read, before the command
    public static int run(
            String[] args,
            StandardStreams streams,
            Map<String, String> environment,
            Path folder,
            Runnable ready) {
        PropertiesDefaults defaults;
        CommandLine line;
        try {
            defaults = PropertiesDefaults.read(environment, folder);
            line = commandLine(new Neuralake(streams), defaults.inFile() ? "" : first(args));
            defaults.check(line);
        } catch (NeuralakeException e) {
            streams.err().println(ErrorText.message(e));
            return CommandLine.ExitCode.USAGE;
        }
        CommandLineErrors errors = new CommandLineErrors(defaults);
        PrintWriter out =
                new PrintWriter(
                        new OutputStreamWriter(streams.out(), StandardCharsets.UTF_8), true);
        line.setOut(out);
        line.setErr(
                new PrintWriter(
                        new OutputStreamWriter(streams.err(), StandardCharsets.UTF_8), true));
        line.setExecutionExceptionHandler(errors::failed);
        line.setParameterExceptionHandler(errors::wrongUsage);
        line.setDefaultValueProvider(defaults);
        line.setUsageHelpAutoWidth(streams.terminal());
        line.setExecutionStrategy(
                parsed -> {
                    ready.run();
                    return new CommandLine.RunLast().execute(parsed);
                });
        int status = line.execute(commentsAsText(args));
        try {
            if (status == CommandLine.ExitCode.OK) {
                streams.out().flush();
            }
        } catch (IOException e) {
            return errors.failed(e, line, line.getParseResult());
        }
        return status;
    }

    /// Lets SQL begin with a comment: an argument that begins with `-- ` is no option.
    private static String[] commentsAsText(String[] args) {
        String[] texts = args.clone();
        for (int i = 0; i < texts.length; i++) {
            if (texts[i].matches("(?s)--\\s.*")) {
                texts[i] = " " + texts[i];
            }
        }
        return texts;
    }

    /// Prints a line at once.
    void say(String text) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        out.flush();
    }

    /// Returns progress on standard error.
    ProgressBar progress() {
        return new ProgressBar(streams.err(), streams.terminal());
    }

    /// Returns the streams that commands read and write.
    StandardStreams streams() {
        return streams;
    }

    private static String first(String[] args) {
        return args.length == 0 ? "" : args[0];
    }

    /// Builds the command line. Where its first argument is a command, it knows only that one:
    /// reading the annotations of all of them takes longer than most starts need.
    private static CommandLine commandLine(Neuralake root, String first) {
        CommandLine line = new CommandLine(root);
        Class<?> wanted = COMMANDS.get(first);
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
