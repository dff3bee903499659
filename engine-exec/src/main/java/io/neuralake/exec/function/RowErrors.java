package io.neuralake.exec.function;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Type;

/// Makes the errors that a row's values can cause.
public final class RowErrors {
    private static final int SHOWN_CHARACTERS = 80;

    private RowErrors() {}

    /// Makes the error of a zero divisor (22012).
    public static NeuralakeException divisionByZero() {
        return new NeuralakeException(ErrorCode.DIVISION_BY_ZERO, "Division by zero");
    }

    /// Makes the error of a value that its type cannot hold (22003).
    public static NeuralakeException outOfRange(Type type, Object value) {
        return new NeuralakeException(
                ErrorCode.NUMERIC_OUT_OF_RANGE,
                "Value out of range for " + type.sql() + ": " + value);
    }

    /// Makes the error of a result that its type cannot hold (22003).
    public static NeuralakeException overflow(Type type, String expression) {
        return new NeuralakeException(
                ErrorCode.NUMERIC_OUT_OF_RANGE,
                "Result out of range for " + type.sql() + ": " + expression);
    }

    /// Makes the error of an argument outside of a function's domain (2201F is PostgreSQL's; 22003
    /// here).
    public static NeuralakeException domain(String message) {
        return new NeuralakeException(ErrorCode.NUMERIC_OUT_OF_RANGE, message);
    }

    /// Makes the error of text that does not denote a value of a type (22P02, 22007 for dates).
    public static NeuralakeException text(Type type, String text) {
        boolean temporal = TypeFamily.TEMPORAL_OR_INTERVAL.contains(type);
        return new NeuralakeException(
                temporal ? ErrorCode.INVALID_DATETIME : ErrorCode.INVALID_TEXT,
                "Text cannot be read as " + type.sql() + ": " + shown(text));
    }

    /// Makes the error of an argument that a function cannot take (22023).
    public static NeuralakeException argument(String message) {
        return new NeuralakeException(ErrorCode.INVALID_PARAMETER, message);
    }

    /// Makes the error of a date or time out of range (22008).
    public static NeuralakeException datetime(String message) {
        return new NeuralakeException(ErrorCode.DATETIME_OVERFLOW, message);
    }

    private static String shown(String text) {
        String cut = text.length() > SHOWN_CHARACTERS ? text.substring(0, SHOWN_CHARACTERS) : text;
        return "'" + cut + (cut.length() < text.length() ? "...'" : "'");
    }
}
