package io.neuralake.exec.function;

import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Finds the implementation of a function of the catalogue. Comparisons, logic, greatest, least and
/// nullif are compiled without one.
public final class ScalarImplementations {
    private static final Map<String, FunctionBinder> BINDERS = binders();

    private ScalarImplementations() {}

    /// Returns an implementation for one worker. Throws UNSUPPORTED where there is none.
    public static ScalarImplementation bind(FunctionSite site) {
        FunctionBinder binder = BINDERS.get(site.name());
        if (binder == null) {
            throw new NeuralakeException(
                    ErrorCode.UNSUPPORTED, "Function not supported: " + site.name());
        }
        return binder.bind(site);
    }

    /// Returns the names of the functions implemented.
    static Set<String> names() {
        return BINDERS.keySet();
    }

    private static Map<String, FunctionBinder> binders() {
        Map<String, FunctionBinder> binders = new HashMap<>();
        ArithmeticFunctions.register(binders);
        LikeFunctions.register(binders);
        SubstringFunctions.register(binders);
        TemporalFieldFunctions.register(binders);
        TemporalFunctions.register(binders);
        ZoneFunctions.register(binders);
        MathFunctions.register(binders);
        RoundingFunctions.register(binders);
        TextFunctions.register(binders);
        TextBuilding.register(binders);
        RegexFunctions.register(binders);
        EncodingFunctions.register(binders);
        DateFormatFunctions.register(binders);
        ListFunctions.register(binders);
        ListNumberFunctions.register(binders);
        NestedFunctions.register(binders);
        SeriesFunctions.register(binders);
        return Map.copyOf(binders);
    }
}
