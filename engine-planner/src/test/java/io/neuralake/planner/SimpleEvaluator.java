package io.neuralake.planner;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.planner.rule.ConstantEvaluator;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/// Evaluates by the executor's compiler.
final class SimpleEvaluator implements ConstantEvaluator {
    private final ExpressionCompiler compiler =
            new ExpressionCompiler(
                    new EvaluationSettings(List.of(), ZoneOffset.UTC, Instant.EPOCH));

    @Override
    public @Nullable Object evaluate(RowExpression expression) {
        return compiler.constant(expression);
    }
}
