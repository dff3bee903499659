package io.neuralake.planner.rule;

import io.neuralake.exec.expression.RowExpression;

import org.jspecify.annotations.Nullable;

/// Evaluates expressions without input by the executor's own means, so that planning and running
/// agree.
@FunctionalInterface
public interface ConstantEvaluator {
    /// Returns the value in Java form. Throws NeuralakeException for row errors.
    @Nullable Object evaluate(RowExpression expression);
}
