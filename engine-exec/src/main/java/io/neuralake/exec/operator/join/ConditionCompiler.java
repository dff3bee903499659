package io.neuralake.exec.operator.join;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.expression.compile.ExpressionCompiler;
import io.neuralake.exec.expression.compile.ExpressionEvaluator;
import io.neuralake.exec.expression.compile.PredicateEvaluator;
import io.neuralake.spi.memory.MemoryAllocator;

/// Compiles the expressions of a join for one worker.
interface ConditionCompiler {
    /// Compiles with the engine's own compiler.
    ConditionCompiler ENGINE =
            new ConditionCompiler() {
                @Override
                public PredicateEvaluator predicate(
                        RowExpression condition,
                        EvaluationSettings settings,
                        MemoryAllocator allocator) {
                    return new ExpressionCompiler(settings).predicate(condition, allocator);
                }

                @Override
                public ExpressionEvaluator evaluator(
                        RowExpression expression,
                        EvaluationSettings settings,
                        MemoryAllocator allocator) {
                    return new ExpressionCompiler(settings).evaluator(expression, allocator);
                }
            };

    /// Compiles a condition.
    PredicateEvaluator predicate(
            RowExpression condition, EvaluationSettings settings, MemoryAllocator allocator);

    /// Compiles an expression.
    ExpressionEvaluator evaluator(
            RowExpression expression, EvaluationSettings settings, MemoryAllocator allocator);
}
