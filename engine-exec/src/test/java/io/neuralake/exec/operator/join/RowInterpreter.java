package io.neuralake.exec.operator.join;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.compile.EvaluationSettings;
import io.neuralake.exec.expression.compile.ExpressionEvaluator;
import io.neuralake.exec.expression.compile.PredicateEvaluator;
import io.neuralake.spi.batch.Batch;
import io.neuralake.spi.batch.Bitmap;
import io.neuralake.spi.batch.Column;
import io.neuralake.spi.batch.ColumnBuilder;
import io.neuralake.spi.batch.DataBuffer;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.DecimalType;

import org.jspecify.annotations.Nullable;

import java.lang.foreign.MemorySegment;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// Evaluates the few expressions of these tests a row at a time, for the oracle and for the operators.
final class RowInterpreter implements ConditionCompiler {
    @Override
    public PredicateEvaluator predicate(
            RowExpression condition, EvaluationSettings settings, MemoryAllocator allocator) {
        return new PredicateEvaluator() {
            @Override
            public int evaluate(Batch input, MemorySegment passed) {
                int count = 0;
                passed.asSlice(0, Bitmap.bytes(input.rowCount())).fill((byte) 0);
                for (int row = 0; row < input.rowCount(); row++) {
                    if (selected(input, row)
                            && Boolean.TRUE.equals(evaluateRow(condition, row(input, row)))) {
                        Bitmap.set(passed, row, true);
                        count++;
                    }
                }
                return count;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public ExpressionEvaluator evaluator(
            RowExpression expression, EvaluationSettings settings, MemoryAllocator allocator) {
        return new ExpressionEvaluator() {
            @Override
            public Column evaluate(Batch input) {
                List<@Nullable Object> values = new ArrayList<>();
                for (int row = 0; row < input.rowCount(); row++) {
                    values.add(
                            selected(input, row) ? evaluateRow(expression, row(input, row)) : null);
                }
                return ColumnBuilder.of(allocator, expression.type(), values);
            }

            @Override
            public void close() {}
        };
    }

    static boolean selected(Batch batch, int row) {
        DataBuffer selection = batch.selection();
        return selection == null || Bitmap.get(selection.segment(), row);
    }

    static List<@Nullable Object> row(Batch batch, int row) {
        List<@Nullable Object> values = new ArrayList<>();
        for (Column column : batch.columns()) {
            values.add(column.value(row));
        }
        return values;
    }

    static @Nullable Object evaluateRow(RowExpression expression, List<@Nullable Object> row) {
        return switch (expression) {
            case RowExpression.InputRef ref -> row.get(ref.column());
            case RowExpression.Literal literal -> literal.value();
            case RowExpression.Cast cast -> {
                Object value = evaluateRow(cast.value(), row);
                yield value == null
                        ? null
                        : cast.type() instanceof DecimalType d
                                ? new BigDecimal(value.toString()).setScale(d.scale())
                                : (Object) Double.parseDouble(value.toString());
            }
            case RowExpression.Call call -> call(call, row);
            default -> throw new IllegalArgumentException("Not for tests: " + expression);
        };
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static @Nullable Object call(RowExpression.Call call, List<@Nullable Object> row) {
        Object left = evaluateRow(call.arguments().get(0), row);
        Object right = evaluateRow(call.arguments().get(1), row);
        if (left == null || right == null) {
            return null;
        }
        int order = ((Comparable) left).compareTo(right);
        return switch (call.function()) {
            case "eq" -> order == 0;
            case "ne" -> order != 0;
            case "lt" -> order < 0;
            case "le" -> order <= 0;
            case "gt" -> order > 0;
            case "ge" -> order >= 0;
            default -> throw new IllegalArgumentException("Not for tests: " + call.function());
        };
    }
}
