package io.neuralake.connector.delta.engine;

import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.expressions.Column;
import io.delta.kernel.expressions.Expression;
import io.delta.kernel.expressions.Literal;
import io.delta.kernel.expressions.PartitionValueExpression;
import io.delta.kernel.expressions.ScalarExpression;
import io.delta.kernel.internal.util.PartitionUtils;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.StructType;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// Evaluates an expression of the kernel's a row at a time: what it asks of a log's rows, of their
/// partition values and of their statistics. NULL is null, by the rules of SQL.
record RowExpression(Expression expression) {
    /// Returns the value in a row, of the class that the kernel's getter of its type returns.
    @Nullable Object value(ColumnarBatch input, int row) {
        return value(expression, input, row);
    }

    private static @Nullable Object value(Expression expression, ColumnarBatch input, int row) {
        return switch (expression) {
            case Literal literal -> literal.getValue();
            case Column column -> KernelValues.java(vector(column, input), row);
            case PartitionValueExpression partition ->
                    PartitionUtils.literalForPartitionValue(
                                    partition.getDataType(),
                                    (String) value(partition.getInput(), input, row))
                            .getValue();
            case ScalarExpression scalar -> scalar(scalar, input, row);
            default -> throw unknown(expression);
        };
    }

    /// Finds the vector of a column or of a member.
    static ColumnVector vector(Column column, ColumnarBatch input) {
        String[] names = column.getNames();
        ColumnVector vector = input.getColumnVector(input.getSchema().indexOf(names[0]));
        for (int i = 1; i < names.length; i++) {
            vector = vector.getChild(((StructType) vector.getDataType()).indexOf(names[i]));
        }
        return vector;
    }

    private static @Nullable Object scalar(ScalarExpression scalar, ColumnarBatch input, int row) {
        List<Expression> operands = scalar.getChildren();
        return switch (scalar.getName()) {
            case "ALWAYS_TRUE" -> true;
            case "ALWAYS_FALSE" -> false;
            case "AND" -> junction(operands, input, row, false);
            case "OR" -> junction(operands, input, row, true);
            case "NOT" ->
                    value(operands.getFirst(), input, row) instanceof Boolean holds ? !holds : null;
            case "IS_NULL" -> value(operands.getFirst(), input, row) == null;
            case "IS_NOT_NULL" -> value(operands.getFirst(), input, row) != null;
            case "COALESCE" -> coalesce(operands, input, row);
            case "ELEMENT_AT" -> element(operands, input, row);
            default ->
                    binary(
                            scalar,
                            value(operands.getFirst(), input, row),
                            value(operands.get(1), input, row));
        };
    }

    /// @param decisive the operand that decides alone: true of OR, false of AND
    private static @Nullable Boolean junction(
            List<Expression> operands, ColumnarBatch input, int row, boolean decisive) {
        boolean unknown = false;
        for (Expression operand : operands) {
            Object value = value(operand, input, row);
            if (value == null) {
                unknown = true;
            } else if ((Boolean) value == decisive) {
                return decisive;
            }
        }
        return unknown ? null : Boolean.valueOf(!decisive);
    }

    private static @Nullable Object coalesce(
            List<Expression> operands, ColumnarBatch input, int row) {
        for (Expression operand : operands) {
            Object value = value(operand, input, row);
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    private static @Nullable Object element(
            List<Expression> operands, ColumnarBatch input, int row) {
        if (!(operands.getFirst() instanceof Column column)) {
            throw unknown(operands.getFirst());
        }
        MapValue map = vector(column, input).getMap(row);
        Object key = value(operands.get(1), input, row);
        for (int i = 0; map != null && i < map.getSize(); i++) {
            if (map.getKeys().getString(i).equals(key)) {
                return map.getValues().isNullAt(i) ? null : map.getValues().getString(i);
            }
        }
        return null;
    }

    private static @Nullable Object binary(
            ScalarExpression scalar, @Nullable Object left, @Nullable Object right) {
        if (scalar.getName().equals("IS NOT DISTINCT FROM")) {
            return left == null || right == null
                    ? left == null && right == null
                    : compare(left, right) == 0;
        }
        if (left == null || right == null) {
            return null;
        }
        return switch (scalar.getName()) {
            case "=" -> compare(left, right) == 0;
            case "<" -> compare(left, right) < 0;
            case "<=" -> compare(left, right) <= 0;
            case ">" -> compare(left, right) > 0;
            case ">=" -> compare(left, right) >= 0;
            case "STARTS_WITH" -> ((String) left).startsWith((String) right);
            case "ADD" -> ((Number) left).longValue() + ((Number) right).longValue();
            // The kernel counts in milliseconds what is added to microseconds.
            case "TIMEADD" -> ((Number) left).longValue() + ((Number) right).longValue() * 1000;
            default -> throw unknown(scalar);
        };
    }

    private static int compare(Object left, Object right) {
        return switch (left) {
            case String text ->
                    Arrays.compareUnsigned(
                            text.getBytes(StandardCharsets.UTF_8),
                            ((String) right).getBytes(StandardCharsets.UTF_8));
            case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) right);
            case Boolean bool -> Boolean.compare(bool, (Boolean) right);
            case BigDecimal decimal -> decimal.compareTo((BigDecimal) right);
            case Float number -> Double.compare(number, ((Number) right).doubleValue());
            case Double number -> Double.compare(number, ((Number) right).doubleValue());
            default -> Long.compare(((Number) left).longValue(), ((Number) right).longValue());
        };
    }

    /// Gives a number the class that a type's values have.
    static @Nullable Object as(DataType type, @Nullable Object value) {
        return switch (type) {
            case LongType _ when value instanceof Number number -> number.longValue();
            case IntegerType _ when value instanceof Number number -> number.intValue();
            case DateType _ when value instanceof Number number -> number.intValue();
            default -> value;
        };
    }

    private static UnsupportedOperationException unknown(Expression expression) {
        return new UnsupportedOperationException("Not evaluated: " + expression);
    }
}
