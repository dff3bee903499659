package io.neuralake.server.cli;

import io.neuralake.spi.error.ErrorKind;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

import java.io.PrintWriter;

/// Prints errors of commands in one line with their SQLSTATE; stack traces only for defects or when
/// `NEURALAKE_STACK_TRACES=1`.
public final class CommandLineErrors {
    private static final String STACK_TRACES = "NEURALAKE_STACK_TRACES";

    private CommandLineErrors() {}

    /// Prints the error of a command and returns exit status 1.
    public static int failed(Exception error, CommandLine line, ParseResult parsed) {
        PrintWriter err = line.getErr();
        err.println(message(error));
        boolean defect =
                !(error instanceof NeuralakeException known)
                        || known.code().kind() == ErrorKind.INTERNAL;
        if (defect || "1".equals(System.getenv(STACK_TRACES))) {
            error.printStackTrace(err);
        }
        err.flush();
        return CommandLine.ExitCode.SOFTWARE;
    }

    /// Returns `error: MESSAGE [SQLSTATE] at line L, column C`.
    public static String message(Throwable error) {
        if (!(error instanceof NeuralakeException known)) {
            return "error: " + error + " [XX000]";
        }
        String at =
                known.position()
                        .map(p -> " at line " + p.line() + ", column " + p.column())
                        .orElse("");
        return "error: " + known.getMessage() + " [" + known.code().sqlState() + "]" + at;
    }

    /// Returns the line of a statement that an error points at, with a caret below; empty when the
    /// error has no position.
    public static String pointer(String sql, NeuralakeException error) {
        return error.position().map(p -> pointer(sql, p)).orElse("");
    }

    private static String pointer(String sql, SqlPosition position) {
        String[] lines = sql.split("\n", -1);
        if (position.line() < 1 || position.line() > lines.length || position.column() < 1) {
            return "";
        }
        String line = lines[position.line() - 1];
        return line + "\n" + " ".repeat(Math.min(position.column() - 1, line.length())) + "^\n";
    }
}
