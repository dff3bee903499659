package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.engine.ExpressionHandler;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Expression;
import io.delta.kernel.expressions.ExpressionEvaluator;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.expressions.Predicate;
import io.delta.kernel.expressions.PredicateEvaluator;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.StructType;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;

/// Evaluates what the kernel asks for while it replays a log: selections, literals and columns. It
/// plans no scans here, so predicates do not come.
final class LogExpressions implements ExpressionHandler {
    @Override
    public ExpressionEvaluator getEvaluator(
            StructType schema, Expression expression, DataType type) {
        return new ExpressionEvaluator() {
            @Override
            public ColumnVector eval(ColumnarBatch input) {
                return evaluate(input, expression);
            }

            @Override
            public void close() {}
        };
    }

    private static ColumnVector evaluate(ColumnarBatch input, Expression expression) {
        return switch (expression) {
            case Literal literal -> {
                @Nullable Object[] values = new @Nullable Object[input.getSize()];
                Arrays.fill(values, literal.getValue());
                yield new ValueVector(literal.getDataType(), values);
            }
            case Column column -> {
                String[] names = column.getNames();
                int ordinal = input.getSchema().indexOf(names[0]);
                ColumnVector vector = input.getColumnVector(ordinal);
                for (int i = 1; i < names.length; i++) {
                    vector = vector.getChild(((StructType) vector.getDataType()).indexOf(names[i]));
                }
                yield vector;
            }
            default -> throw new UnsupportedOperationException("Not evaluated: " + expression);
        };
    }

    @Override
    public PredicateEvaluator getPredicateEvaluator(StructType schema, Predicate predicate) {
        throw new UnsupportedOperationException("Not evaluated: " + predicate);
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
