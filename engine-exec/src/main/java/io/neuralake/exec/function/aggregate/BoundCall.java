package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;

/// A call whose arguments and order are columns of its scope: of the input, or of the distinct
/// arguments.
///
/// @param fields of the arguments
/// @param columns of the scope
record BoundCall(
        AggregateCall call,
        AggregateScope scope,
        List<Integer> arguments,
        List<Field> fields,
        List<SortKey> order,
        Schema columns) {
    Type type(int argument) {
        return fields.get(argument).type();
    }

    Type resultType() {
        return call.output().type();
    }

    /// Tells whether the quantile constant is a list, so that the result is one.
    boolean wantsList() {
        return !call.constants().isEmpty() && call.constants().get(0).value() instanceof List<?>;
    }

    /// Returns the quantiles asked for, counted from the other end when `reversed`.
    List<Double> quantiles(boolean reversed) {
        List<Double> quantiles = new ArrayList<>();
        Object value = call.constants().isEmpty() ? null : call.constants().get(0).value();
        List<?> values =
                value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
        for (Object each : values) {
            double quantile = each instanceof Number number ? number.doubleValue() : Double.NaN;
            if (!(quantile >= 0 && quantile <= 1)) {
                throw invalid(each);
            }
            quantiles.add(reversed ? 1 - quantile : quantile);
        }
        if (quantiles.isEmpty() && !wantsList()) {
            throw invalid(value);
        }
        return quantiles;
    }

    private NeuralakeException invalid(@org.jspecify.annotations.Nullable Object value) {
        return new NeuralakeException(
                ErrorCode.INVALID_PARAMETER,
                "Quantile of " + call.function() + " must be between 0 and 1: " + value);
    }

    /// Returns a constant's text, or `otherwise` when it is not given.
    String text(int constant, String otherwise) {
        if (constant >= call.constants().size()) {
            return otherwise;
        }
        Literal literal = call.constants().get(constant);
        return literal.value() instanceof String text ? text : "";
    }
}
