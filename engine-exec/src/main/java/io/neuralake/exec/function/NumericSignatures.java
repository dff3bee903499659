package io.neuralake.exec.function;

import static io.neuralake.exec.function.SignatureBuilder.ANY;
import static io.neuralake.exec.function.SignatureBuilder.AS_BIGINT;
import static io.neuralake.exec.function.SignatureBuilder.AS_DOUBLE;
import static io.neuralake.exec.function.SignatureBuilder.NUMERIC;
import static io.neuralake.exec.function.SignatureBuilder.argument;
import static io.neuralake.exec.function.SignatureBuilder.function;

import io.neuralake.exec.function.ScalarSignature.ResultRule;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;

import java.util.ArrayList;
import java.util.List;

/// Lists the functions of numbers, and those of any type that choose or describe.
final class NumericSignatures {
    private NumericSignatures() {}

    /// A whole number: decimals lose their scale.
    private static final ResultRule WHOLE =
            a ->
                    a.get(0) instanceof DecimalType d
                            ? CommonTypes.decimal(d.precision() - d.scale() + 1, 0)
                            : a.get(0);

    private static final ResultRule ROUNDED =
            a ->
                    a.get(0) instanceof DecimalType d
                            ? CommonTypes.decimal(d.precision() + 1, d.scale())
                            : a.get(0);

    static List<ScalarSignature> list() {
        List<ScalarSignature> list = new ArrayList<>();
        rounding(list);
        transcendental(list);
        choosing(list);
        integers(list);
        list.add(
                function("random", "rand")
                        .takes(ScalarType.DOUBLE)
                        .volatileResult()
                        .says("A random number from 0 to below 1"));
        list.add(
                function("uuid", "gen_random_uuid")
                        .takes(ScalarType.VARCHAR)
                        .volatileResult()
                        .says("A random UUID (version 4)"));
        list.add(
                function("hash")
                        .takesMany(0, SignatureBuilder.fixed(ScalarType.BIGINT), ANY)
                        .seesNulls()
                        .says("A hash of the values; not stable across versions"));
        list.add(
                function("typeof")
                        .takes(ScalarType.VARCHAR, ANY)
                        .seesNulls()
                        .says("The name of the value's type"));
        return list;
    }

    private static void rounding(List<ScalarSignature> list) {
        list.add(function("abs").takes(argument(0), NUMERIC).says("Absolute value"));
        list.add(function("sign").takes(ScalarType.TINYINT, NUMERIC).says("-1, 0 or 1"));
        list.add(
                function("ceil", "ceiling")
                        .takes(WHOLE, NUMERIC)
                        .says("The least whole number that is not less"));
        list.add(
                function("floor")
                        .takes(WHOLE, NUMERIC)
                        .says("The greatest whole number that is not greater"));
        list.add(
                function("round")
                        .takes(WHOLE, NUMERIC)
                        .takes(ROUNDED, NUMERIC, AS_BIGINT)
                        .says("Rounds to n digits behind the point, halves away from zero"));
        list.add(
                function("trunc", "truncate")
                        .takes(WHOLE, NUMERIC)
                        .takes(argument(0), NUMERIC, AS_BIGINT)
                        .says("Cuts to n digits behind the point"));
    }

    private static void transcendental(List<ScalarSignature> list) {
        list.add(power());
        list.add(real("sqrt", "Square root"));
        list.add(real("cbrt", "Cube root"));
        list.add(real("exp", "e to the power of the argument"));
        list.add(real("ln", "Natural logarithm"));
        list.add(
                function("log")
                        .takes(ScalarType.DOUBLE, AS_DOUBLE)
                        .takes(ScalarType.DOUBLE, AS_DOUBLE, AS_DOUBLE)
                        .says("Logarithm to base 10, or log(base, x)"));
        list.add(real("log10", "Logarithm to base 10"));
        list.add(real("log2", "Logarithm to base 2"));
        for (String name :
                List.of(
                        "sin", "cos", "tan", "cot", "asin", "acos", "atan", "sinh", "cosh",
                        "tanh")) {
            list.add(real(name, "Trigonometry, in radians"));
        }
        list.add(
                function("atan2")
                        .takes(ScalarType.DOUBLE, AS_DOUBLE, AS_DOUBLE)
                        .says("Angle of the point (x, y), called as atan2(y, x)"));
        list.add(real("degrees", "Radians to degrees"));
        list.add(real("radians", "Degrees to radians"));
        list.add(function("pi").takes(ScalarType.DOUBLE).says("The constant pi"));
        list.add(function("e").takes(ScalarType.DOUBLE).says("The base of the natural logarithm"));
        list.add(
                function("isnan", "is_nan")
                        .takes(ScalarType.BOOLEAN, AS_DOUBLE)
                        .says("Whether the number is NaN"));
        list.add(
                function("isfinite", "is_finite")
                        .takes(ScalarType.BOOLEAN, AS_DOUBLE)
                        .says("Whether the number is neither NaN nor infinite"));
        list.add(
                function("isinf", "is_infinite")
                        .takes(ScalarType.BOOLEAN, AS_DOUBLE)
                        .says("Whether the number is infinite"));
    }

    private static ScalarSignature power() {
        return function("power", "pow")
                .takes(ScalarType.DOUBLE, AS_DOUBLE, AS_DOUBLE)
                .says("x to the power of y");
    }

    private static ScalarSignature real(String name, String description) {
        return function(name).takes(ScalarType.DOUBLE, AS_DOUBLE).says(description);
    }

    private static void choosing(List<ScalarSignature> list) {
        list.add(
                function("greatest")
                        .takesMany(0, CommonTypes::least, ANY)
                        .seesNulls()
                        .says("The greatest value that is not NULL"));
        list.add(
                function("least")
                        .takesMany(0, CommonTypes::least, ANY)
                        .seesNulls()
                        .says("The least value that is not NULL"));
        list.add(
                function("nullif")
                        .takes(argument(0), ANY, ANY)
                        .seesNulls()
                        .says("NULL when the values are equal, else the first"));
        list.add(
                function("width_bucket")
                        .takes(ScalarType.INTEGER, AS_DOUBLE, AS_DOUBLE, AS_DOUBLE, AS_BIGINT)
                        .says("The bucket of x among n equal ones from low to high"));
    }

    private static void integers(List<ScalarSignature> list) {
        for (String name : List.of("bit_and", "bit_or", "bit_xor")) {
            list.add(
                    function("bitwise_" + name.substring(4))
                            .takes(CommonTypes::least, whole(), whole())
                            .says("Bitwise " + name.substring(4)));
        }
        list.add(function("bitwise_not").takes(argument(0), whole()).says("Bitwise complement"));
        list.add(
                function("shift_left")
                        .takes(ScalarType.BIGINT, AS_BIGINT, AS_BIGINT)
                        .says("Shifts bits to the left"));
        list.add(
                function("shift_right")
                        .takes(ScalarType.BIGINT, AS_BIGINT, AS_BIGINT)
                        .says("Shifts bits to the right, keeping the sign"));
        list.add(
                function("bit_count")
                        .takes(ScalarType.BIGINT, AS_BIGINT)
                        .says("The number of bits set"));
        list.add(
                function("gcd")
                        .takes(ScalarType.BIGINT, AS_BIGINT, AS_BIGINT)
                        .says("Greatest common divisor"));
        list.add(
                function("lcm")
                        .takes(ScalarType.BIGINT, AS_BIGINT, AS_BIGINT)
                        .says("Least common multiple"));
        list.add(
                function("factorial")
                        .takes(new DecimalType(38, 0), AS_BIGINT)
                        .says("Product of the numbers from 1 to n"));
    }

    private static ScalarSignature.Parameter whole() {
        return new ScalarSignature.Parameter(TypeFamily.INTEGER, null);
    }
}
