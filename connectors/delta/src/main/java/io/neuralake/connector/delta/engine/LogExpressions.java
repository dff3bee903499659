package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.engine.ExpressionHandler;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Expression;
import io.delta.kernel.expressions.ExpressionEvaluator;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.expressions.PredicateEvaluator;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructType;

import org.jspecify.annotations.Nullable;

import java.util.Optional;

/// Evaluates what the kernel asks for while it replays a log, skips files and writes checkpoints.
final class LogExpressions implements ExpressionHandler {
    @Override
    public ExpressionEvaluator getEvaluator(
            StructType schema, Expression expression, DataType type) {
        return new ExpressionEvaluator() {
            @Override
            public ColumnVector eval(ColumnarBatch input) {
                return expression instanceof Column column
                        ? RowExpression.vector(column, input)
                        : evaluate(input, expression, type);
            }

            @Override
            public void close() {}
        };
    }

    private static ColumnVector evaluate(
            ColumnarBatch input, Expression expression, DataType type) {
        RowExpression rows = new RowExpression(expression);
        @Nullable Object[] values = new @Nullable Object[input.getSize()];
        for (int row = 0; row < values.length; row++) {
            values[row] = RowExpression.as(type, rows.value(input, row));
        }
        return new ValueVector(type, values);
    }

    @Override
    public PredicateEvaluator getPredicateEvaluator(StructType schema, Predicate predicate) {
        RowExpression rows = new RowExpression(predicate);
        return new PredicateEvaluator() {
            @Override
            public ColumnVector eval(ColumnarBatch input, Optional<ColumnVector> selection) {
                @Nullable Object[] values = new @Nullable Object[input.getSize()];
                for (int row = 0; row < values.length; row++) {
                    boolean selected =
                            selection.isEmpty()
                                    || !selection.get().isNullAt(row)
                                            && selection.get().getBoolean(row);
                    values[row] = selected && Boolean.TRUE.equals(rows.value(input, row));
                }
                return new ValueVector(BooleanType.BOOLEAN, values);
            }
        };
    }

    @Override
    public ColumnVector createSelectionVector(boolean[] values, int from, int to) {
        Object[] selected = new Object[to - from];
        for (int i = from; i < to; i++) {
            selected[i - from] = values[i];
        }
        return new ValueVector(BooleanType.BOOLEAN, selected);
    }
}
