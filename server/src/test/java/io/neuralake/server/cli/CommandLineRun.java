package io.neuralake.server.cli;

import io.neuralake.server.output.CheckedOutput;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/// Runs commands in this process, with captured streams.
///
/// @param environment variables that set options
/// @param folder where `neuralake.properties` may lie
/// @param input what standard input holds
record CommandLineRun(Map<String, String> environment, Path folder, byte[] input) {
    private static final Path NOWHERE = Path.of("target", "no-such-folder");

    /// Runs with nothing around it.
    static Result run(String... arguments) {
        return new CommandLineRun(Map.of(), NOWHERE, new byte[0]).with(arguments);
    }

    /// Sets one variable of the environment.
    static CommandLineRun withVariable(String name, String value) {
        return new CommandLineRun(Map.of(name, value), NOWHERE, new byte[0]);
    }

    /// Sets the working folder.
    static CommandLineRun in(Path folder) {
        return new CommandLineRun(Map.of(), folder, new byte[0]);
    }

    /// Sets standard input.
    static CommandLineRun withInput(byte[] input) {
        return new CommandLineRun(Map.of(), NOWHERE, input);
    }

    /// Sets standard input.
    static CommandLineRun withInput(String input) {
        return withInput(input.getBytes(StandardCharsets.UTF_8));
    }

    /// Runs a command.
    Result with(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        StandardStreams streams =
                new StandardStreams(
                        new ByteArrayInputStream(input),
                        new CheckedOutput(out),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        false);
        int status = Neuralake.run(arguments, streams, environment, folder);
        return new Result(status, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    /// What a command left.
    record Result(int status, byte[] bytes, String err) {
        String out() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
