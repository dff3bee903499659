package io.neuralake.exec.expression.compile;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.Case;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.RowExpression.When;
import io.neuralake.exec.function.CommonTypes;
import io.neuralake.exec.function.ScalarFunctions;
import io.neuralake.exec.function.ScalarSignature;
import io.neuralake.exec.function.ScalarSignature.Overload;
import io.neuralake.exec.function.TypeFamily;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.StructType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Brings the arguments of calls to the types that implementations take, and results to the types
/// that plans expect.
final class CallCoercion {
    private static final Set<String> COMPARISONS =
            Set.of("eq", "ne", "lt", "le", "gt", "ge", "is_distinct_from", "is_not_distinct_from");
    private static final Set<String> ARITHMETIC =
            Set.of("add", "subtract", "multiply", "divide", "modulus");

    /// Makes a conversion, folded where it can be.
    @FunctionalInterface
    interface Conversion {
        RowExpression apply(RowExpression value, Type type);
    }

    private CallCoercion() {}

    /// Rewrites a call whose arguments are rewritten already.
    static RowExpression coerce(Call call, Conversion conversion) {
        ScalarSignature signature =
                ScalarFunctions.find(call.function())
                        .orElseThrow(
                                () ->
                                        new NeuralakeException(
                                                ErrorCode.FUNCTION_NOT_FOUND,
                                                "Function not found: " + call.function()));
        String name = signature.name();
        List<RowExpression> arguments = call.arguments();
        if (signature.nullPropagating() && arguments.stream().anyMatch(CallCoercion::isNull)) {
            return new Literal(null, call.type());
        }
        if (COMPARISONS.contains(name)) {
            return compare(name, arguments, conversion);
        }
        if (name.equals("nullif")) {
            return nullIf(call, conversion);
        }
        if (ARITHMETIC.contains(name) && arguments.stream().allMatch(CallCoercion::isNumber)) {
            return arithmetic(name, call, conversion);
        }
        if (name.equals("subtract")
                && call.type() instanceof ScalarType
                && arguments.stream().allMatch(a -> a.type() instanceof ScalarType)
                && TypeFamily.DATETIME.contains(arguments.get(0).type())
                && TypeFamily.DATETIME.contains(arguments.get(1).type())) {
            return temporalDifference(call, conversion);
        }
        return general(signature, call, conversion);
    }

    private static boolean isNull(RowExpression expression) {
        return expression instanceof Literal literal && literal.value() == null;
    }

    private static boolean isNumber(RowExpression expression) {
        return TypeFamily.NUMERIC.contains(expression.type());
    }

    private static RowExpression compare(
            String name, List<RowExpression> arguments, Conversion conversion) {
        RowExpression left = arguments.get(0);
        RowExpression right = arguments.get(1);
        Type type = comparisonType(left.type(), right.type());
        return new Call(
                name,
                List.of(conversion.apply(left, type), conversion.apply(right, type)),
                ScalarType.BOOLEAN);
    }

    /// Returns the type in which values of two types are compared exactly.
    static Type comparisonType(Type left, Type right) {
        if (left.equals(right)) {
            return left;
        }
        if (left == ScalarType.VARCHAR && right instanceof ScalarType && right != ScalarType.NULL) {
            return right;
        }
        if (right == ScalarType.VARCHAR && left instanceof ScalarType && left != ScalarType.NULL) {
            return left;
        }
        if (left instanceof StructType && right instanceof StructType) {
            return left;
        }
        return CommonTypes.least(left, right);
    }

    private static RowExpression nullIf(Call call, Conversion conversion) {
        RowExpression equal = compare("eq", call.arguments(), conversion);
        Literal none = new Literal(null, call.type());
        return new Case(
                List.of(new When(equal, none)),
                conversion.apply(call.arguments().get(0), call.type()),
                call.type());
    }

    /// Computes in the type that the operands ask for, or the plan's where it is at least as wide.
    private static RowExpression arithmetic(String name, Call call, Conversion conversion) {
        Type left = call.arguments().get(0).type();
        Type right = call.arguments().get(1).type();
        Type natural = naturalType(name, left, right);
        Type type = call.type();
        if (natural instanceof DecimalType) {
            if (!(type instanceof DecimalType)) {
                return conversion.apply(new Call(name, call.arguments(), natural), type);
            }
            return new Call(name, call.arguments(), type);
        }
        if (type instanceof DecimalType && !TypeFamily.FLOATING.contains(natural)) {
            return new Call(name, call.arguments(), type);
        }
        Type computed = CommonTypes.least(natural, type instanceof DecimalType ? natural : type);
        List<RowExpression> arguments =
                call.arguments().stream().map(a -> conversion.apply(a, computed)).toList();
        return conversion.apply(new Call(name, arguments, computed), type);
    }

    private static Type naturalType(String name, Type left, Type right) {
        return switch (name) {
            case "add", "subtract" -> CommonTypes.sum(left, right);
            case "multiply" -> CommonTypes.product(left, right);
            case "divide" -> CommonTypes.quotient(left, right);
            default -> CommonTypes.remainder(left, right);
        };
    }

    private static RowExpression temporalDifference(Call call, Conversion conversion) {
        Type left = call.arguments().get(0).type();
        Type right = call.arguments().get(1).type();
        boolean dates = left == ScalarType.DATE && right == ScalarType.DATE;
        if (dates && TypeFamily.INTEGER.contains(call.type())) {
            return conversion.apply(
                    new Call("subtract", call.arguments(), ScalarType.BIGINT), call.type());
        }
        Type common = CommonTypes.least(List.of(left, right, ScalarType.TIMESTAMP));
        List<RowExpression> arguments =
                call.arguments().stream().map(a -> conversion.apply(a, common)).toList();
        if (call.type() == ScalarType.INTERVAL_YEAR_MONTH) {
            return new Call("subtract", arguments, ScalarType.INTERVAL_YEAR_MONTH);
        }
        return conversion.apply(
                new Call("subtract", arguments, ScalarType.INTERVAL_DAY_TIME), call.type());
    }

    private static RowExpression general(
            ScalarSignature signature, Call call, Conversion conversion) {
        List<Type> types = call.arguments().stream().map(RowExpression::type).toList();
        Overload overload =
                signature
                        .resolve(types)
                        .orElseThrow(
                                () ->
                                        new NeuralakeException(
                                                ErrorCode.TYPE_MISMATCH,
                                                "Arguments do not fit function "
                                                        + signature.name()
                                                        + ": "
                                                        + types.stream()
                                                                .map(Type::sql)
                                                                .collect(
                                                                        Collectors.joining(", "))));
        Type natural = overload.result().apply(types);
        Type result = sameShape(natural, call.type()) ? call.type() : natural;
        List<RowExpression> arguments = new ArrayList<>();
        for (int i = 0; i < call.arguments().size(); i++) {
            RowExpression argument = call.arguments().get(i);
            Type wanted = overload.parameter(i).coercion();
            if (wanted == null) {
                wanted = contextual(signature.name(), types, result, i);
            }
            arguments.add(conversion.apply(argument, wanted));
        }
        return conversion.apply(new Call(signature.name(), arguments, result), call.type());
    }

    /// Returns the type that an argument without a fixed one should have, given the others'.
    private static Type contextual(String name, List<Type> types, Type result, int argument) {
        Type own = types.get(argument);
        Type first = types.get(0);
        return switch (name) {
            case "greatest", "least" -> result;
            case "bitwise_and", "bitwise_or", "bitwise_xor", "list_concat" -> result;
            case "concat", "concatenate" -> result instanceof ListType ? result : own;
            case "list_value" -> result instanceof ListType list ? list.element() : own;
            case "row" ->
                    result instanceof StructType struct
                            ? struct.fields().get(argument).type()
                            : own;
            case "map_value" ->
                    result instanceof MapType map
                            ? argument % 2 == 0 ? map.key() : map.value()
                            : own;
            case "list_append" ->
                    result instanceof ListType list && argument == 1 ? list.element() : result;
            case "contains", "list_contains", "list_position" ->
                    first instanceof ListType list ? member(list, types.get(1), argument) : own;
            case "element_at", "map_contains" ->
                    argument == 1 && first instanceof MapType map && map.key() != ScalarType.NULL
                            ? map.key()
                            : own;
            case "date_diff" -> argument > 0 ? CommonTypes.least(types.get(1), types.get(2)) : own;
            case "age" -> CommonTypes.least(types.get(0), types.get(1));
            default -> own;
        };
    }

    /// Returns the type of a list or of a value that is compared with its elements.
    private static Type member(ListType list, Type value, int argument) {
        boolean text = list.element() == ScalarType.VARCHAR || value == ScalarType.VARCHAR;
        Type element = text ? list.element() : CommonTypes.least(list.element(), value);
        return argument == 0 ? new ListType(element) : element;
    }

    /// Tells whether two types differ in names of members only.
    private static boolean sameShape(Type left, Type right) {
        if (left instanceof StructType l && right instanceof StructType r) {
            return l.fields().size() == r.fields().size();
        }
        if (left instanceof ListType && right instanceof ListType
                || left instanceof MapType && right instanceof MapType) {
            return true;
        }
        return left == ScalarType.NULL || left.equals(right);
    }
}
