package io.neuralake.exec.function;

import io.neuralake.exec.function.IntegerArithmetic.Operation;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Type;

import java.util.Map;

/// Chooses among integer, floating, decimal and temporal arithmetic.
final class ArithmeticFunctions {
    private ArithmeticFunctions() {}

    static void register(Map<String, FunctionBinder> binders) {
        binders.put("add", site -> bind(Operation.ADD, site));
        binders.put("subtract", site -> bind(Operation.SUBTRACT, site));
        binders.put("multiply", site -> bind(Operation.MULTIPLY, site));
        binders.put("divide", site -> bind(Operation.DIVIDE, site));
        binders.put("modulus", site -> bind(Operation.MODULUS, site));
        binders.put("negate", ArithmeticFunctions::negate);
    }

    private static ScalarImplementation bind(Operation operation, FunctionSite site) {
        boolean numbers = site.argumentTypes().stream().allMatch(TypeFamily.NUMERIC::contains);
        if (!numbers) {
            return switch (operation) {
                case ADD -> TemporalArithmetic.add(site);
                case SUBTRACT -> TemporalArithmetic.subtract(site);
                case MULTIPLY -> TemporalArithmetic.scale(site, false);
                case DIVIDE, MODULUS -> TemporalArithmetic.scale(site, true);
            };
        }
        Type type = site.resultType();
        if (type instanceof DecimalType) {
            return DecimalArithmetic.bind(operation, site);
        }
        return IntegerArithmetic.isInteger(type)
                ? IntegerArithmetic.bind(operation, type)
                : FloatArithmetic.bind(operation, type);
    }

    private static ScalarImplementation negate(FunctionSite site) {
        Type type = site.argumentType(0);
        if (type instanceof DecimalType decimal) {
            return DecimalArithmetic.negate(decimal);
        }
        return TypeFamily.FLOATING.contains(type)
                ? FloatArithmetic.negate(type)
                : IntegerArithmetic.negate(type);
    }
}
