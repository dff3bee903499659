package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.function.ScalarFunctions;
import io.neuralake.exec.function.ScalarSignature;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.util.List;

/// Makes calls of the executor's functions, typed by its catalogue.
final class FunctionCalls {
    private FunctionCalls() {}

    /// Calls a function and converts the result, if that differs, to the type wanted.
    static RowExpression call(String name, List<RowExpression> arguments, Type wanted) {
        return Casts.to(call(name, arguments), wanted);
    }

    /// Calls a function. Throws UNSUPPORTED for a name that the catalogue lacks.
    static RowExpression call(String name, List<RowExpression> arguments) {
        ScalarSignature signature =
                ScalarFunctions.find(name)
                        .orElseThrow(
                                () ->
                                        new NeuralakeException(
                                                ErrorCode.UNSUPPORTED,
                                                "Function not supported: " + name));
        Type type = signature.resultType(arguments.stream().map(RowExpression::type).toList());
        return new Call(signature.name(), arguments, type);
    }

    static RowExpression compare(String name, RowExpression left, RowExpression right) {
        return new Call(name, Casts.comparable(left, right), ScalarType.BOOLEAN);
    }

    static RowExpression not(RowExpression condition) {
        return new Call("not", List.of(condition), ScalarType.BOOLEAN);
    }

    static Literal text(String value) {
        return new Literal(value, ScalarType.VARCHAR);
    }

    static Literal bigint(long value) {
        return new Literal(value, ScalarType.BIGINT);
    }
}
