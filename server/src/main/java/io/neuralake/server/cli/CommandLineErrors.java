package io.neuralake.server.cli;

import io.neuralake.server.output.ErrorText;
import io.neuralake.server.output.OutputLostException;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;

/// Prints the error of a command in one line and chooses the exit status.
final class CommandLineErrors {
    private final PropertiesDefaults defaults;

    /// @param defaults says where a wrong value came from
    CommandLineErrors(PropertiesDefaults defaults) {
        this.defaults = defaults;
    }

    /// Prints the error of a command that ran, and returns 1. Says nothing when the reader of the
    /// output has left.
    int failed(Exception error, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        if (!(error instanceof OutputLostException lost && lost.readerLeft())) {
            NeuralakeException known =
                    error instanceof IOException
                            ? new NeuralakeException(
                                    ErrorCode.STORAGE_ERROR, text((IOException) error), error)
                            : ErrorText.known(error);
            err.println(ErrorText.message(known));
            err.print(ErrorText.details(known));
            err.flush();
        }
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String text(IOException error) {
        return error instanceof OutputLostException
                ? String.valueOf(error.getMessage())
                : "Input or output failed: " + error.getMessage();
    }

    /// Prints what is wrong with the arguments and where to read more, and returns 2.
    int wrongUsage(ParameterException error, String[] arguments) {
        CommandLine line = error.getCommandLine();
        PrintWriter err = line.getErr();
        err.println("error: " + message(error, List.of(arguments)));
        if (line.getCommandSpec().parent() == null) {
            line.usage(err);
        } else {
            err.println("see: ./" + line.getCommandSpec().qualifiedName() + " --help");
        }
        err.flush();
        return CommandLine.ExitCode.USAGE;
    }

    private String message(ParameterException error, List<String> arguments) {
        if (error instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        String source =
                error.getArgSpec() instanceof OptionSpec option && !isTyped(option, arguments)
                        ? defaults.source(option).map(s -> " (set by " + s + ")").orElse("")
                        : "";
        return error.getMessage() + source;
    }

    private static boolean isTyped(OptionSpec option, List<String> arguments) {
        return Arrays.stream(option.names())
                .anyMatch(
                        name ->
                                arguments.stream()
                                        .anyMatch(a -> a.equals(name) || a.startsWith(name + "=")));
    }

    private static String unmatched(UnmatchedArgumentException error) {
        String first = error.getUnmatched().getFirst();
        List<String> near = error.getSuggestions();
        String hint = near.isEmpty() ? "" : "; did you mean " + near.getFirst();
        if (first.startsWith("-")) {
            return "Unknown option: " + first + hint;
        }
        boolean command = error.getCommandLine().getCommandSpec().parent() == null;
        return command ? "Unknown command: " + first + hint : "Unexpected argument: " + first;
    }
}
