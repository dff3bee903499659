package io.neuralake.server.sql;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.error.SqlPosition;

import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.ErrorFlightMetadata;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.jspecify.annotations.Nullable;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Turns what a call to a server threw back into the error that the server meant, with its SQLSTATE
/// and position, or says what became of the connection.
final class RemoteErrors {
    private static final Pattern TEXT =
            Pattern.compile(
                    "(.*?) ?\\[([0-9A-Z]{5})](?: at line (\\d+), column (\\d+))?\\s*",
                    Pattern.DOTALL);

    private RemoteErrors() {}

    /// Returns the error to show.
    ///
    /// @param connected whether the server has answered already
    static NeuralakeException of(
            FlightRuntimeException e, ServerAddress server, boolean connected) {
        CallStatus status = e.status();
        String text = String.valueOf(status.description());
        Matcher parts = TEXT.matcher(text);
        String state = sqlState(status.metadata());
        if (parts.matches()) {
            Optional<ErrorCode> code = code(state == null ? parts.group(2) : state);
            if (code.isPresent()) {
                return new NeuralakeException(
                        code.get(), parts.group(1), position(parts.group(3), parts.group(4)), e);
            }
        }
        return withoutSqlState(e, server, connected);
    }

    private static NeuralakeException withoutSqlState(
            FlightRuntimeException e, ServerAddress server, boolean connected) {
        FlightStatusCode code = e.status().code();
        if (code == FlightStatusCode.CANCELLED) {
            return new NeuralakeException(ErrorCode.CANCELLED, "Query was cancelled", e);
        }
        if (code != FlightStatusCode.UNAVAILABLE) {
            return new NeuralakeException(
                    ErrorCode.STORAGE_ERROR,
                    "Server failed: " + server.url() + ", " + firstLine(e.getMessage()),
                    e);
        }
        return connected
                ? new NeuralakeException(
                        ErrorCode.CONNECTION_LOST,
                        "Connection lost: " + server.url() + ", " + reason(e),
                        e)
                : new NeuralakeException(
                        ErrorCode.CONNECTION_FAILED,
                        "Cannot connect: " + server.url() + ", " + reason(e),
                        e);
    }

    private static @Nullable String sqlState(@Nullable ErrorFlightMetadata metadata) {
        return metadata == null || !metadata.containsKey("sqlstate")
                ? null
                : metadata.get("sqlstate");
    }

    private static Optional<ErrorCode> code(String sqlState) {
        for (ErrorCode code : ErrorCode.values()) {
            if (code.sqlState().equals(sqlState)) {
                return Optional.of(code);
            }
        }
        return Optional.empty();
    }

    private static @Nullable SqlPosition position(@Nullable String line, @Nullable String column) {
        return line == null || column == null
                ? null
                : new SqlPosition(Integer.parseInt(line), Integer.parseInt(column));
    }

    /// Returns what the innermost cause says: that of gRPC is `io exception`.
    private static String reason(Throwable error) {
        Throwable cause = error;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return firstLine(cause.getMessage());
    }

    private static String firstLine(@Nullable String text) {
        return text == null ? "no reason given" : text.lines().findFirst().orElse("");
    }
}
