package io.neuralake.exec.expression.compile;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.ConstantColumn;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;

import org.jspecify.annotations.Nullable;

import java.util.Collections;

/// Compiles columns, constants and parameters; calls follow with the function kernels.
public final class ExpressionCompiler {
    private final EvaluationSettings settings;

    /// Compiles for an execution with `settings`.
    public ExpressionCompiler(EvaluationSettings settings) {
        this.settings = settings;
    }

    /// Compiles an expression.
    public ExpressionEvaluator evaluator(RowExpression expression, MemoryAllocator allocator) {
        if (expression instanceof RowExpression.InputRef ref) {
            return evaluator(batch -> batch.column(ref.column()).retain());
        }
        Object value = constant(expression);
        return evaluator(
                batch ->
                        new ConstantColumn(
                                batch.rowCount(),
                                ColumnBuilder.of(
                                        allocator,
                                        expression.type(),
                                        Collections.singletonList(value))));
    }

    private static ExpressionEvaluator evaluator(
            java.util.function.Function<Batch, Column> function) {
        return new ExpressionEvaluator() {
            @Override
            public Column evaluate(Batch input) {
                return function.apply(input);
            }

            @Override
            public void close() {}
        };
    }

    /// Compiles a condition.
    public PredicateEvaluator predicate(RowExpression expression, MemoryAllocator allocator) {
        throw unsupported(expression);
    }

    /// Folds an expression that reads no column to the Java form of its type.
    public @Nullable Object constant(RowExpression expression) {
        return switch (expression) {
            case RowExpression.Literal literal -> literal.value();
            case RowExpression.Parameter parameter ->
                    settings.parameters().get(parameter.index()).value();
            default -> throw unsupported(expression);
        };
    }

    private static NeuralakeException unsupported(RowExpression expression) {
        return new NeuralakeException(
                ErrorCode.UNSUPPORTED,
                "Not supported: expression " + expression.getClass().getSimpleName());
    }
}
