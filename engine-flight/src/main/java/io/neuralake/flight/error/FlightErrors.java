package io.neuralake.flight.error;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.ErrorKind;
import io.neuralake.spi.error.NeuralakeException;

import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.ErrorFlightMetadata;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.flight.FlightStatusCode;
import org.apache.arrow.memory.OutOfMemoryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.function.Supplier;

/// Maps errors to Flight statuses. The description is `MESSAGE [SQLSTATE] at line L, column C`; the
/// metadata `sqlstate`, `line` and `column` hold the same for programs. Clients never see stack
/// traces: defects are logged here.
public final class FlightErrors {
    private static final Logger LOG = LoggerFactory.getLogger(FlightErrors.class);

    private FlightErrors() {}

    /// Runs `call` and maps what it throws.
    public static <T> T mapped(Supplier<T> call) {
        try {
            return call.get();
        } catch (RuntimeException | Error e) {
            throw toFlight(e);
        }
    }

    /// Returns the exception to send to the client.
    public static FlightRuntimeException toFlight(Throwable error) {
        if (error instanceof FlightRuntimeException known) {
            return known;
        }
        NeuralakeException mapped = toNeuralake(error);
        ErrorFlightMetadata metadata = new ErrorFlightMetadata();
        metadata.insert("sqlstate", mapped.code().sqlState());
        StringBuilder text =
                new StringBuilder(String.valueOf(mapped.getMessage()))
                        .append(" [")
                        .append(mapped.code().sqlState())
                        .append(']');
        mapped.position()
                .ifPresent(
                        p -> {
                            metadata.insert("line", Integer.toString(p.line()));
                            metadata.insert("column", Integer.toString(p.column()));
                            text.append(" at line ")
                                    .append(p.line())
                                    .append(", column ")
                                    .append(p.column());
                        });
        return status(mapped.code())
                .withDescription(text.toString())
                .withMetadata(metadata)
                .toRuntimeException();
    }

    /// Returns the error itself, or INTERNAL_ERROR for a defect.
    public static NeuralakeException toNeuralake(Throwable error) {
        if (error instanceof NeuralakeException known) {
            if (known.code().kind() == ErrorKind.INTERNAL) {
                LOG.error("Internal error", error);
            }
            return known;
        }
        if (error instanceof FlightRuntimeException flight
                && flight.status().code() == FlightStatusCode.CANCELLED) {
            return new NeuralakeException(ErrorCode.CANCELLED, "Query was cancelled", error);
        }
        if (error instanceof StackOverflowError) {
            return new NeuralakeException(
                    ErrorCode.STATEMENT_TOO_COMPLEX,
                    "Statement is nested too deeply; split it",
                    error);
        }
        if (error instanceof OutOfMemoryError || error instanceof OutOfMemoryException) {
            return new NeuralakeException(
                    ErrorCode.OUT_OF_MEMORY, "Out of memory: " + error.getMessage(), error);
        }
        LOG.error("Unexpected error", error);
        return new NeuralakeException(
                ErrorCode.INTERNAL_ERROR, "Internal error: " + error.getClass().getName(), error);
    }

    private static CallStatus status(ErrorCode code) {
        return switch (code) {
            case UNSUPPORTED -> CallStatus.UNIMPLEMENTED;
            case TABLE_NOT_FOUND,
                    SCHEMA_NOT_FOUND,
                    CATALOG_NOT_FOUND,
                    FILE_NOT_FOUND,
                    INVALID_STATEMENT_HANDLE ->
                    CallStatus.NOT_FOUND;
            case TABLE_EXISTS -> CallStatus.ALREADY_EXISTS;
            // Flight has no ABORTED. Nothing has changed, so that it is right to try again.
            case TRANSACTION_CONFLICT -> CallStatus.UNAVAILABLE;
            // Not UNAVAILABLE: what may have been committed must not be tried again unseen.
            case COMMIT_UNKNOWN -> CallStatus.UNKNOWN;
            case PERMISSION_DENIED -> CallStatus.UNAUTHORIZED;
            case AUTHENTICATION_FAILED -> CallStatus.UNAUTHENTICATED;
            case CANCELLED -> CallStatus.CANCELLED;
            case STORAGE_ERROR, SHUTTING_DOWN -> CallStatus.UNAVAILABLE;
            default ->
                    switch (code.kind()) {
                        case USER -> CallStatus.INVALID_ARGUMENT;
                        case INSUFFICIENT_RESOURCES -> CallStatus.RESOURCE_EXHAUSTED;
                        case EXTERNAL, INTERNAL -> CallStatus.INTERNAL;
                    };
        };
    }
}
