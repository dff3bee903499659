package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.function.aggregate.LongFoldAccumulator.Fold;
import io.neuralake.exec.function.aggregate.PickedRowAccumulator.Pick;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/// Turns aggregate calls into accumulators, shared where possible, and results.
final class AggregateCompiler {
    private static final java.util.Set<String> INDIFFERENT_TO_DUPLICATES =
            java.util.Set.of(
                    "min",
                    "max",
                    "bool_and",
                    "bool_or",
                    "bit_and",
                    "bit_or",
                    "any_value",
                    "arbitrary",
                    "arg_min",
                    "arg_max",
                    "approx_count_distinct");

    private final Schema input;
    private final boolean grouped;
    private final MemoryAllocator allocator;
    private final Map<Integer, AggregateScope> scopes;
    private final StringArena arena;
    private final CollectingFunctions collecting;
    private boolean needsCompletion;

    AggregateCompiler(
            Schema input,
            boolean grouped,
            MemoryAllocator allocator,
            Map<Integer, AggregateScope> scopes) {
        this.input = input;
        this.grouped = grouped;
        this.allocator = allocator;
        this.scopes = scopes;
        this.arena = new StringArena(allocator);
        this.collecting = new CollectingFunctions(allocator);
    }

    /// Returns what holds strings of states.
    StringArena arena() {
        return arena;
    }

    boolean needsCompletion() {
        return needsCompletion || collecting.used();
    }

    AggregateResult compile(AggregateCall call) {
        String name =
                AggregateFunctions.find(call.function())
                        .map(AggregateSignature::name)
                        .orElse(call.function());
        BoundCall bound = bind(call, name);
        return switch (name) {
            case "count" -> count(bound);
            case "count_if" -> countIf(bound);
            case "sum" -> sum(bound);
            case "avg" -> average(bound);
            case "min" -> extreme(bound, false);
            case "max" -> extreme(bound, true);
            case "bool_and" -> fold(bound, Fold.MIN);
            case "bool_or" -> fold(bound, Fold.MAX);
            case "bit_and" -> fold(bound, Fold.AND);
            case "bit_or" -> fold(bound, Fold.OR);
            case "bit_xor" -> fold(bound, Fold.XOR);
            case "product" -> product(bound);
            case "var_pop", "var_samp", "stddev_pop", "stddev_samp", "skewness", "kurtosis" ->
                    moments(bound, name);
            case "covar_pop",
                    "covar_samp",
                    "corr",
                    "regr_count",
                    "regr_slope",
                    "regr_intercept",
                    "regr_r2",
                    "regr_avgx",
                    "regr_avgy",
                    "regr_sxx",
                    "regr_syy",
                    "regr_sxy" ->
                    pairs(bound, name);
            case "any_value", "arbitrary" -> picked(bound, Pick.FIRST, true);
            case "single_value" -> picked(bound, Pick.ONLY, false);
            case "first", "last" -> firstOrLast(bound, name.equals("last"));
            case "arg_min" -> picked(bound, Pick.LEAST, true);
            case "arg_max" -> picked(bound, Pick.GREATEST, true);
            case "approx_count_distinct" -> approximateCount(bound);
            case "approx_quantile" -> approximateQuantile(bound);
            case "array_agg",
                    "string_agg",
                    "mode",
                    "histogram",
                    "median",
                    "quantile_cont",
                    "quantile_disc" ->
                    collecting.compile(bound, name);
            default ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Aggregate function not supported: " + call.function());
        };
    }

    private BoundCall bind(AggregateCall written, String name) {
        AggregateCall call = withinGroup(written, name);
        List<Field> fields = call.arguments().stream().map(input::field).toList();
        AggregateScope scope = scopes.computeIfAbsent(call.filter(), _ -> new AggregateScope());
        if (!call.distinct()
                || call.arguments().isEmpty()
                || INDIFFERENT_TO_DUPLICATES.contains(name)) {
            return new BoundCall(call, scope, call.arguments(), fields, call.order(), input);
        }
        needsCompletion = true;
        boolean skipNulls =
                AggregateFunctions.find(name).map(AggregateSignature::skipsNulls).orElse(true);
        List<Field> keyFields =
                skipNulls
                        ? fields.stream().map(f -> new Field(f.name(), f.type(), false)).toList()
                        : fields;
        DistinctAccumulator distinct =
                scope.accumulator(
                        DistinctAccumulator.class,
                        skipNulls ? "distinct" : "distinct with nulls",
                        call.arguments(),
                        skipNulls,
                        () -> new DistinctAccumulator(allocator, keyFields, grouped));
        List<Integer> positions = IntStream.range(0, fields.size()).boxed().toList();
        return new BoundCall(
                call,
                distinct.scope(),
                positions,
                keyFields,
                distinctOrder(call),
                new Schema(keyFields));
    }

    /// Moves the argument of WITHIN GROUP (ORDER BY argument) to the arguments.
    private static AggregateCall withinGroup(AggregateCall call, String name) {
        boolean moves =
                AggregateFunctions.find(name).filter(AggregateSignature::withinGroup).isPresent();
        if (!moves || !call.arguments().isEmpty() || call.order().isEmpty()) {
            return call;
        }
        return new AggregateCall(
                call.function(),
                List.of(call.order().get(0).column()),
                call.constants(),
                call.distinct(),
                call.filter(),
                call.order(),
                call.output());
    }

    /// Maps the order of a DISTINCT call, which only its arguments can take part in, to positions.
    private static List<SortKey> distinctOrder(AggregateCall call) {
        List<SortKey> order = new ArrayList<>();
        for (SortKey key : call.order()) {
            int position = call.arguments().indexOf(key.column());
            if (position < 0) {
                throw new NeuralakeException(
                        ErrorCode.UNSUPPORTED,
                        "ORDER BY inside of "
                                + call.function()
                                + "(DISTINCT ...) must be an argument");
            }
            order.add(new SortKey(position, key.descending(), key.nullsFirst()));
        }
        return order;
    }

    private static CountAccumulator countRows(BoundCall bound) {
        return bound.scope()
                .accumulator(
                        CountAccumulator.class,
                        "count",
                        List.of(),
                        false,
                        () -> new CountAccumulator(false));
    }

    private static CountAccumulator countNulls(BoundCall bound, int argument) {
        return bound.scope()
                .accumulator(
                        CountAccumulator.class,
                        "nulls",
                        List.of(bound.arguments().get(argument)),
                        false,
                        () -> new CountAccumulator(true));
    }

    /// Tells, once bound, which groups have no row with an argument that is not null.
    private static IntPredicate empty(BoundCall bound) {
        CountAccumulator rows = countRows(bound);
        if (!bound.fields().get(0).nullable()) {
            return group -> rows.count(group) == 0;
        }
        CountAccumulator nulls = countNulls(bound, 0);
        return group -> rows.count(group) == nulls.count(group);
    }

    private AggregateResult count(BoundCall bound) {
        CountAccumulator rows = countRows(bound);
        if (bound.arguments().isEmpty()) {
            return Results.longs(bound.resultType(), _ -> false, rows::count);
        }
        if (bound.arguments().size() == 1) {
            if (!bound.fields().get(0).nullable()) {
                return Results.longs(bound.resultType(), _ -> false, rows::count);
            }
            CountAccumulator nulls = countNulls(bound, 0);
            return Results.longs(
                    bound.resultType(),
                    _ -> false,
                    group -> rows.count(group) - nulls.count(group));
        }
        CountAccumulator all =
                bound.scope()
                        .accumulator(
                                CountAccumulator.class,
                                "count without nulls",
                                bound.arguments(),
                                true,
                                () -> new CountAccumulator(false));
        return Results.longs(bound.resultType(), _ -> false, all::count);
    }

    private AggregateResult countIf(BoundCall bound) {
        SumAccumulator sum = sumOf(bound);
        return Results.longs(bound.resultType(), _ -> false, sum::low);
    }

    private static SumAccumulator sumOf(BoundCall bound) {
        return bound.scope()
                .accumulator(
                        SumAccumulator.class,
                        "sum",
                        bound.arguments(),
                        true,
                        () -> new SumAccumulator(bound.type(0)));
    }

    private static DoubleSumAccumulator doubleSumOf(BoundCall bound) {
        return bound.scope()
                .accumulator(
                        DoubleSumAccumulator.class,
                        "double sum",
                        bound.arguments(),
                        true,
                        () -> new DoubleSumAccumulator(false));
    }

    private AggregateResult sum(BoundCall bound) {
        IntPredicate empty = empty(bound);
        if (ArgumentFamily.isFloating(bound.type(0))) {
            return Results.doubles(bound.resultType(), empty, doubleSumOf(bound)::value);
        }
        SumAccumulator sum = sumOf(bound);
        return Results.sums(bound.resultType(), scale(bound.type(0)), empty, sum::low, sum::high);
    }

    private AggregateResult average(BoundCall bound) {
        IntPredicate empty = empty(bound);
        CountAccumulator rows = countRows(bound);
        CountAccumulator nulls = bound.fields().get(0).nullable() ? countNulls(bound, 0) : null;
        java.util.function.IntToLongFunction counts =
                nulls == null ? rows::count : group -> rows.count(group) - nulls.count(group);
        if (ArgumentFamily.isFloating(bound.type(0))) {
            DoubleSumAccumulator sum = doubleSumOf(bound);
            return Results.doubles(
                    bound.resultType(),
                    empty,
                    group -> sum.value(group) / counts.applyAsLong(group));
        }
        SumAccumulator sum = sumOf(bound);
        return Results.averages(
                bound.resultType(), scale(bound.type(0)), empty, sum::low, sum::high, counts);
    }

    private static int scale(Type type) {
        return type instanceof DecimalType decimal ? decimal.scale() : 0;
    }

    private AggregateResult extreme(BoundCall bound, boolean maximum) {
        PhysicalType physical = bound.type(0).physical();
        if (physical == PhysicalType.LIST || physical == PhysicalType.STRUCT) {
            return picked(bound, maximum ? Pick.GREATEST : Pick.LEAST, true);
        }
        if (physical == PhysicalType.VIEW || physical == PhysicalType.INT128) {
            WideExtremeAccumulator accumulator =
                    bound.scope()
                            .accumulator(
                                    WideExtremeAccumulator.class,
                                    maximum ? "wide max" : "wide min",
                                    bound.arguments(),
                                    true,
                                    () ->
                                            new WideExtremeAccumulator(
                                                    physical == PhysicalType.VIEW, maximum, arena));
            return Results.wide(bound.resultType(), accumulator, arena);
        }
        return fold(bound, maximum ? Fold.MAX : Fold.MIN);
    }

    private AggregateResult fold(BoundCall bound, Fold fold) {
        IntPredicate empty = empty(bound);
        LongFoldAccumulator accumulator =
                bound.scope()
                        .accumulator(
                                LongFoldAccumulator.class,
                                fold.name(),
                                bound.arguments(),
                                true,
                                () -> new LongFoldAccumulator(fold));
        return Results.sortable(bound.resultType(), empty, accumulator::value);
    }

    private AggregateResult product(BoundCall bound) {
        IntPredicate empty = empty(bound);
        DoubleSumAccumulator accumulator =
                bound.scope()
                        .accumulator(
                                DoubleSumAccumulator.class,
                                "product",
                                bound.arguments(),
                                true,
                                () -> new DoubleSumAccumulator(true));
        return Results.doubles(bound.resultType(), empty, accumulator::value);
    }

    private AggregateResult moments(BoundCall bound, String name) {
        boolean fourth = name.equals("skewness") || name.equals("kurtosis");
        MomentsAccumulator accumulator =
                bound.scope()
                        .accumulator(
                                MomentsAccumulator.class,
                                fourth ? "four moments" : "moments",
                                bound.arguments(),
                                true,
                                () -> new MomentsAccumulator(fourth));
        return Statistics.ofMoments(name, bound.resultType(), accumulator);
    }

    private AggregateResult pairs(BoundCall bound, String name) {
        CovarianceAccumulator accumulator =
                bound.scope()
                        .accumulator(
                                CovarianceAccumulator.class,
                                "covariance",
                                bound.arguments(),
                                true,
                                CovarianceAccumulator::new);
        if (name.equals("regr_count")) {
            return Results.longs(
                    bound.resultType(),
                    _ -> false,
                    group -> (long) accumulator.get(group, CovarianceAccumulator.N));
        }
        return Statistics.ofPairs(name, bound.resultType(), accumulator);
    }

    private AggregateResult picked(BoundCall bound, Pick pick, boolean skipNulls) {
        needsCompletion = true;
        int last = bound.arguments().size() - 1;
        return bound.scope()
                .accumulator(
                        PickedRowAccumulator.class,
                        "pick " + pick + skipNulls,
                        bound.arguments(),
                        skipNulls,
                        () ->
                                new PickedRowAccumulator(
                                        pick, bound.type(0), bound.type(last), allocator))
                .result();
    }

    private AggregateResult firstOrLast(BoundCall bound, boolean last) {
        return bound.order().isEmpty()
                ? picked(bound, last ? Pick.LAST : Pick.FIRST, false)
                : collecting.compile(bound, last ? "last" : "first");
    }

    private AggregateResult approximateCount(BoundCall bound) {
        DistinctSketchAccumulator accumulator =
                bound.scope()
                        .accumulator(
                                DistinctSketchAccumulator.class,
                                "distinct sketch",
                                bound.arguments(),
                                true,
                                () -> new DistinctSketchAccumulator(allocator));
        return Results.longs(bound.resultType(), _ -> false, accumulator::estimate);
    }

    private AggregateResult approximateQuantile(BoundCall bound) {
        QuantileSketchAccumulator accumulator =
                bound.scope()
                        .accumulator(
                                QuantileSketchAccumulator.class,
                                "quantile sketch",
                                bound.arguments(),
                                true,
                                () -> new QuantileSketchAccumulator(bound.type(0), allocator));
        return accumulator.result(bound.resultType(), bound.quantiles(false), bound.wantsList());
    }
}
