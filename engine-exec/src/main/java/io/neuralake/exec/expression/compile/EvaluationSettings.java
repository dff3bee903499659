package io.neuralake.exec.expression.compile;

import io.neuralake.exec.expression.RowExpression.Literal;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/// What an expression's value depends on beside its input.
///
/// @param parameters values of the statement's parameters
/// @param zoneId the session's time zone
/// @param now the statement's time, for CURRENT_TIMESTAMP and the like
public record EvaluationSettings(List<Literal> parameters, ZoneId zoneId, Instant now) {
    /// Copies the list.
    public EvaluationSettings {
        parameters = List.copyOf(parameters);
    }
}
