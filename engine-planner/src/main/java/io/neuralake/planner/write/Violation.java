package io.neuralake.planner.write;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

/// A rule of a table that rows may break.
record Violation(ErrorCode code, String message) {
    static Violation notNull(String table, String column) {
        return new Violation(
                ErrorCode.NOT_NULL_VIOLATION,
                "Column must not be null: " + column + " of table " + table);
    }

    static Violation check(String table, String name, String condition) {
        return new Violation(
                ErrorCode.CHECK_VIOLATION,
                "Row fails constraint " + name + " of table " + table + ": " + condition);
    }

    static Violation generated(String table, String column, String expression) {
        return new Violation(
                ErrorCode.CHECK_VIOLATION,
                "Value of generated column "
                        + column
                        + " of table "
                        + table
                        + " differs from its expression: "
                        + expression);
    }

    NeuralakeException error() {
        return new NeuralakeException(code, message);
    }
}
