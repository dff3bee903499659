package io.neuralake.server.output;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.ErrorKind;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.apache.arrow.memory.OutOfMemoryException;
import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.io.StringWriter;

/// Words errors for a person at a terminal: one line with the SQLSTATE, and the line of SQL that it
/// points at.
public final class ErrorText {
    private static final String STACK_TRACES = "NEURALAKE_STACK_TRACES";

    private ErrorText() {}

    /// Returns the error itself, or for what is not a [NeuralakeException] the one that names it:
    /// out of memory, nested too deeply, else INTERNAL_ERROR.
    public static NeuralakeException known(Throwable error) {
        return switch (error) {
            case NeuralakeException known -> known;
            case StackOverflowError _ ->
                    new NeuralakeException(
                            ErrorCode.STATEMENT_TOO_COMPLEX,
                            "Statement is nested too deeply; split it",
                            error);
            case OutOfMemoryError _ -> outOfMemory(error);
            case OutOfMemoryException _ -> outOfMemory(error);
            default ->
                    new NeuralakeException(
                            ErrorCode.INTERNAL_ERROR, "Internal error: " + error, error);
        };
    }

    private static NeuralakeException outOfMemory(Throwable error) {
        return new NeuralakeException(
                ErrorCode.OUT_OF_MEMORY, "Out of memory: " + error.getMessage(), error);
    }

    /// Returns `error: MESSAGE [SQLSTATE] at line L, column C`.
    public static String message(NeuralakeException error) {
        return message(error, error.position().orElse(null));
    }

    /// Returns the message with another position than the error's own, such as that in the script
    /// which the statement is part of.
    public static String message(NeuralakeException error, @Nullable SqlPosition position) {
        String at =
                position == null
                        ? ""
                        : " at line " + position.line() + ", column " + position.column();
        return "error: " + error.getMessage() + " [" + error.code().sqlState() + "]" + at;
    }

    /// Returns what helps to find a defect: the stack trace if the environment has
    /// `NEURALAKE_STACK_TRACES=1`, else for an internal error how to get it, else nothing.
    public static String details(NeuralakeException error) {
        if ("1".equals(System.getenv(STACK_TRACES))) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace, true));
            return trace.toString();
        }
        return error.code().kind() == ErrorKind.INTERNAL
                ? "this is a defect; " + STACK_TRACES + "=1 shows where\n"
                : "";
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
        String line = lines[position.line() - 1].replace('\t', ' ').stripTrailing();
        int column = Math.min(position.column() - 1, line.length());
        return line + "\n" + " ".repeat(TextWidth.of(line.substring(0, column))) + "^\n";
    }
}
