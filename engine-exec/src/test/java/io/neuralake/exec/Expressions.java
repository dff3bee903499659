package io.neuralake.exec;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.type.ScalarType;

import java.util.List;

/// Short names for expressions over BIGINT columns in tests.
public final class Expressions {
    private Expressions() {}

    /// A BIGINT column.
    public static RowExpression column(int index) {
        return new InputRef(index, ScalarType.BIGINT);
    }

    /// A BIGINT, or NULL.
    public static RowExpression bigint(Long value) {
        return new Literal(value, ScalarType.BIGINT);
    }

    /// An arithmetic function.
    public static RowExpression arithmetic(String name, RowExpression a, RowExpression b) {
        return new Call(name, List.of(a, b), ScalarType.BIGINT);
    }

    /// A comparison.
    public static RowExpression comparison(String name, RowExpression a, RowExpression b) {
        return new Call(name, List.of(a, b), ScalarType.BOOLEAN);
    }
}
