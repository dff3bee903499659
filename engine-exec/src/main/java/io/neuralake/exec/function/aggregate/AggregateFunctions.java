package io.neuralake.exec.function.aggregate;

import static io.neuralake.exec.function.aggregate.AggregateSignature.of;
import static io.neuralake.exec.function.aggregate.ArgumentFamily.ANY;
import static io.neuralake.exec.function.aggregate.ArgumentFamily.BOOLEAN;
import static io.neuralake.exec.function.aggregate.ArgumentFamily.CONTINUOUS;
import static io.neuralake.exec.function.aggregate.ArgumentFamily.INTEGER;
import static io.neuralake.exec.function.aggregate.ArgumentFamily.NUMERIC;
import static io.neuralake.exec.function.aggregate.ArgumentFamily.QUANTILES;
import static io.neuralake.exec.function.aggregate.ArgumentFamily.STRING;
import static io.neuralake.exec.function.aggregate.ArgumentFamily.SUMMABLE;

import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ListType;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The catalogue of aggregate functions. `count` without argument counts rows. Every function takes
/// DISTINCT and FILTER, and is also a window function. `grouping` takes key columns of the
/// aggregation only.
public final class AggregateFunctions {
    private static final Function<List<Type>, Type> SAME = types -> types.get(0);
    private static final Function<List<Type>, Type> BIGINT = _ -> ScalarType.BIGINT;
    private static final Function<List<Type>, Type> DOUBLE = _ -> ScalarType.DOUBLE;
    private static final Function<List<Type>, Type> BOOL = _ -> ScalarType.BOOLEAN;

    private static final List<AggregateSignature> ALL =
            List.of(
                    of("count", BIGINT, ANY).requiring(0),
                    of("count_if", BIGINT, BOOLEAN).alias("countif"),
                    of("sum", AggregateFunctions::sumType, SUMMABLE),
                    of("avg", AggregateFunctions::averageType, SUMMABLE).alias("mean"),
                    of("min", SAME, ANY),
                    of("max", SAME, ANY),
                    of("bool_and", BOOL, BOOLEAN).alias("every"),
                    of("bool_or", BOOL, BOOLEAN).alias("some"),
                    of("bit_and", SAME, INTEGER),
                    of("bit_or", SAME, INTEGER),
                    of("bit_xor", SAME, INTEGER),
                    of("product", DOUBLE, NUMERIC),
                    of("stddev_pop", DOUBLE, NUMERIC),
                    of("stddev_samp", DOUBLE, NUMERIC).alias("stddev"),
                    of("var_pop", DOUBLE, NUMERIC),
                    of("var_samp", DOUBLE, NUMERIC).alias("variance"),
                    of("skewness", DOUBLE, NUMERIC),
                    of("kurtosis", DOUBLE, NUMERIC),
                    of("covar_pop", DOUBLE, NUMERIC, NUMERIC),
                    of("covar_samp", DOUBLE, NUMERIC, NUMERIC),
                    of("corr", DOUBLE, NUMERIC, NUMERIC),
                    of("regr_count", BIGINT, NUMERIC, NUMERIC),
                    of("regr_slope", DOUBLE, NUMERIC, NUMERIC),
                    of("regr_intercept", DOUBLE, NUMERIC, NUMERIC),
                    of("regr_r2", DOUBLE, NUMERIC, NUMERIC),
                    of("regr_avgx", DOUBLE, NUMERIC, NUMERIC),
                    of("regr_avgy", DOUBLE, NUMERIC, NUMERIC),
                    of("regr_sxx", DOUBLE, NUMERIC, NUMERIC),
                    of("regr_syy", DOUBLE, NUMERIC, NUMERIC),
                    of("regr_sxy", DOUBLE, NUMERIC, NUMERIC),
                    of("any_value", SAME, ANY),
                    of("arbitrary", SAME, ANY),
                    of("single_value", SAME, ANY).keepingNulls(),
                    of("first", SAME, ANY).ordered().keepingNulls(),
                    of("last", SAME, ANY).ordered().keepingNulls(),
                    of("arg_min", SAME, ANY, ANY).alias("min_by", "argmin"),
                    of("arg_max", SAME, ANY, ANY).alias("max_by", "argmax"),
                    of("array_agg", types -> new ListType(types.get(0)), ANY)
                            .alias("list")
                            .ordered()
                            .keepingNulls(),
                    of("string_agg", _ -> ScalarType.VARCHAR, STRING)
                            .alias("listagg", "group_concat")
                            .withConstants(0, STRING)
                            .ordered()
                            .inGroup(),
                    of("approx_count_distinct", BIGINT, ANY).alias("approx_distinct"),
                    of("approx_quantile", AggregateFunctions::approximateType, CONTINUOUS)
                            .alias("approx_percentile")
                            .withConstants(1, QUANTILES),
                    of("quantile_cont", AggregateFunctions::continuousType, CONTINUOUS)
                            .alias("percentile_cont")
                            .withConstants(1, QUANTILES)
                            .inGroup(),
                    of("quantile_disc", AggregateFunctions::discreteType, ANY)
                            .alias("percentile_disc", "quantile")
                            .withConstants(1, QUANTILES)
                            .inGroup(),
                    of("median", types -> continuous(types.get(0)), CONTINUOUS),
                    of("mode", SAME, ANY).inGroup(),
                    of("histogram", types -> new MapType(types.get(0), ScalarType.BIGINT), ANY),
                    of("grouping", BIGINT, ANY).alias("grouping_id").keepingNulls());

    private static final Map<String, AggregateSignature> BY_NAME = byName(ALL);

    private AggregateFunctions() {}

    /// Returns every aggregate function.
    public static Collection<AggregateSignature> all() {
        return ALL;
    }

    /// Finds a function by name or alias, ignoring case.
    public static Optional<AggregateSignature> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name.toLowerCase(Locale.ROOT)));
    }

    static Map<String, AggregateSignature> byName(List<AggregateSignature> signatures) {
        Map<String, AggregateSignature> map = new HashMap<>();
        for (AggregateSignature signature : signatures) {
            map.put(signature.name(), signature);
            signature.aliases().forEach(alias -> map.put(alias, signature));
        }
        return Map.copyOf(map);
    }

    /// Integers sum to BIGINT (with an overflow error), decimals exactly to 38 digits, floating
    /// numbers to DOUBLE, intervals to themselves.
    private static Type sumType(List<Type> types) {
        Type type = types.get(0);
        if (type instanceof DecimalType decimal) {
            return new DecimalType(DecimalType.MAX_PRECISION, decimal.scale());
        }
        if (ArgumentFamily.isInterval(type)) {
            return type;
        }
        return ArgumentFamily.isFloating(type) ? ScalarType.DOUBLE : ScalarType.BIGINT;
    }

    private static Type averageType(List<Type> types) {
        return ArgumentFamily.isInterval(types.get(0)) ? types.get(0) : ScalarType.DOUBLE;
    }

    /// Interpolation needs a finer type than integers, decimals and dates are.
    private static Type continuous(Type type) {
        if (type == ScalarType.DATE) {
            return ScalarType.TIMESTAMP;
        }
        return type instanceof DecimalType
                        || ArgumentFamily.isInteger(type)
                        || type == ScalarType.REAL
                ? ScalarType.DOUBLE
                : type;
    }

    private static Type continuousType(List<Type> types) {
        return listed(types, continuous(types.get(0)));
    }

    private static Type approximateType(List<Type> types) {
        return listed(types, continuous(types.get(0)));
    }

    private static Type discreteType(List<Type> types) {
        return listed(types, types.get(0));
    }

    /// A list of quantiles yields a list of results.
    private static Type listed(List<Type> types, Type element) {
        return types.size() > 1 && types.get(1) instanceof ListType
                ? new ListType(element)
                : element;
    }
}
