package io.neuralake.server;

import io.neuralake.server.cli.CommandLineErrors;
import io.neuralake.server.cli.Neuralake;
import io.neuralake.server.cli.PropertiesDefaults;

import picocli.CommandLine;

/// Starts the command line. Exit status: 0 done, 1 the query or job failed, 2 wrong usage.
public final class Main {
    private Main() {}

    /// Runs the command of `args` and exits with its status.
    public static void main(String[] args) {
        Preload preload = Preload.begin(args);
        CommandLine line = commandLine(args);
        line.setExecutionStrategy(
                parsed -> {
                    preload.await();
                    return new CommandLine.RunLast().execute(parsed);
                });
        int status = line.execute(args);
        System.out.flush();
        System.exit(status);
    }

    /// Builds the command line for the arguments of one call.
    public static CommandLine commandLine(String... args) {
        CommandLine line = Neuralake.commandLine(args);
        line.setExecutionExceptionHandler(CommandLineErrors::failed);
        line.setDefaultValueProvider(new PropertiesDefaults());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpAutoWidth(true);
        return line;
    }
}
