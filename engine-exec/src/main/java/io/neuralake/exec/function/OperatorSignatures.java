package io.neuralake.exec.function;

import static io.neuralake.exec.function.SignatureBuilder.ANY;
import static io.neuralake.exec.function.SignatureBuilder.BOOLEAN;
import static io.neuralake.exec.function.SignatureBuilder.DATE;
import static io.neuralake.exec.function.SignatureBuilder.DATETIME;
import static io.neuralake.exec.function.SignatureBuilder.INTERVAL;
import static io.neuralake.exec.function.SignatureBuilder.NUMERIC;
import static io.neuralake.exec.function.SignatureBuilder.TIME;
import static io.neuralake.exec.function.SignatureBuilder.argument;
import static io.neuralake.exec.function.SignatureBuilder.function;

import io.neuralake.exec.function.ScalarSignature.Parameter;
import io.neuralake.exec.function.ScalarSignature.ResultRule;
import io.neuralake.spi.type.ScalarType;

import java.util.ArrayList;
import java.util.List;

/// Lists the functions behind SQL's operators: arithmetic, comparison, logic.
final class OperatorSignatures {
    private static final Parameter WHOLE = new Parameter(TypeFamily.INTEGER, null);

    private OperatorSignatures() {}

    static List<ScalarSignature> list() {
        List<ScalarSignature> list = new ArrayList<>();
        arithmetic(list);
        comparison(list);
        logic(list);
        return list;
    }

    private static void arithmetic(List<ScalarSignature> list) {
        ResultRule shifted = a -> a.get(0) == ScalarType.DATE ? ScalarType.TIMESTAMP : a.get(0);
        list.add(
                function("add")
                        .takes(a -> CommonTypes.sum(a.get(0), a.get(1)), NUMERIC, NUMERIC)
                        .takes(ScalarType.DATE, DATE, WHOLE)
                        .takes(ScalarType.DATE, WHOLE, DATE)
                        .takes(shifted, DATETIME, INTERVAL)
                        .takes(argument(0), TIME, INTERVAL)
                        .takes(a -> shifted.apply(a.reversed()), INTERVAL, DATETIME)
                        .takes(argument(1), INTERVAL, TIME)
                        .takes(argument(0), INTERVAL, INTERVAL)
                        .takes(ScalarType.TIMESTAMP, DATE, TIME)
                        .says("Sum; moves dates and times by an interval or by days"));
        list.add(
                function("subtract")
                        .takes(a -> CommonTypes.sum(a.get(0), a.get(1)), NUMERIC, NUMERIC)
                        .takes(ScalarType.DATE, DATE, WHOLE)
                        .takes(ScalarType.BIGINT, DATE, DATE)
                        .takes(ScalarType.INTERVAL_DAY_TIME, DATETIME, DATETIME)
                        .takes(ScalarType.INTERVAL_DAY_TIME, TIME, TIME)
                        .takes(shifted, DATETIME, INTERVAL)
                        .takes(argument(0), TIME, INTERVAL)
                        .takes(argument(0), INTERVAL, INTERVAL)
                        .says("Difference; days between dates, interval between timestamps"));
        list.add(
                function("multiply")
                        .takes(a -> CommonTypes.product(a.get(0), a.get(1)), NUMERIC, NUMERIC)
                        .takes(argument(0), INTERVAL, NUMERIC)
                        .takes(argument(1), NUMERIC, INTERVAL)
                        .says("Product"));
        list.add(
                function("divide")
                        .takes(a -> CommonTypes.quotient(a.get(0), a.get(1)), NUMERIC, NUMERIC)
                        .takes(argument(0), INTERVAL, NUMERIC)
                        .says("Quotient; of integers truncated towards zero"));
        list.add(
                function("modulus", "mod")
                        .takes(a -> CommonTypes.remainder(a.get(0), a.get(1)), NUMERIC, NUMERIC)
                        .says("Remainder with the sign of the dividend"));
        list.add(
                function("negate")
                        .takes(argument(0), NUMERIC)
                        .takes(argument(0), INTERVAL)
                        .says("Changes the sign"));
    }

    private static void comparison(List<ScalarSignature> list) {
        list.add(compare("eq", "Equal"));
        list.add(compare("ne", "Not equal"));
        list.add(compare("lt", "Less"));
        list.add(compare("le", "Less or equal"));
        list.add(compare("gt", "Greater"));
        list.add(compare("ge", "Greater or equal"));
        list.add(
                function("is_distinct_from")
                        .takes(ScalarType.BOOLEAN, ANY, ANY)
                        .seesNulls()
                        .says("Not equal, where NULL equals NULL"));
        list.add(
                function("is_not_distinct_from")
                        .takes(ScalarType.BOOLEAN, ANY, ANY)
                        .seesNulls()
                        .says("Equal, where NULL equals NULL"));
        list.add(
                function("is_null")
                        .takes(ScalarType.BOOLEAN, ANY)
                        .seesNulls()
                        .says("Whether the value is NULL"));
        list.add(
                function("is_not_null")
                        .takes(ScalarType.BOOLEAN, ANY)
                        .seesNulls()
                        .says("Whether the value is not NULL"));
    }

    private static ScalarSignature compare(String name, String description) {
        return function(name).takes(ScalarType.BOOLEAN, ANY, ANY).says(description);
    }

    private static void logic(List<ScalarSignature> list) {
        list.add(function("not").takes(ScalarType.BOOLEAN, BOOLEAN).says("Negation"));
        for (String value : List.of("true", "false", "unknown")) {
            list.add(
                    function("is_" + value)
                            .takes(ScalarType.BOOLEAN, BOOLEAN)
                            .seesNulls()
                            .says("Whether the condition is " + value));
            list.add(
                    function("is_not_" + value)
                            .takes(ScalarType.BOOLEAN, BOOLEAN)
                            .seesNulls()
                            .says("Whether the condition is not " + value));
        }
    }
}
