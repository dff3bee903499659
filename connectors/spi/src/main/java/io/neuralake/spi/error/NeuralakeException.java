package io.neuralake.spi.error;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// Carries one error to the user. The message has its fixed text first, values last, then a hint:
/// `Column not found: l_shipdat; did you mean l_shipdate`.
public final class NeuralakeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient @Nullable SqlPosition position;

    /// Creates an error without position or cause.
    public NeuralakeException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    /// Creates an error with a cause.
    public NeuralakeException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, null, cause);
    }

    /// Creates an error at a position of the statement.
    public NeuralakeException(
            ErrorCode code,
            String message,
            @Nullable SqlPosition position,
            @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.position = position;
    }

    /// Returns the code, which holds the SQLSTATE.
    public ErrorCode code() {
        return code;
    }

    /// Returns where in the statement the error lies, if that is known.
    public Optional<SqlPosition> position() {
        return Optional.ofNullable(position);
    }
}
