package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.function.aggregate.LongFoldAccumulator.Fold;
import io.neuralake.exec.plan.PhysicalPlan.AggregateCall;
import io.neuralake.spi.error.ErrorCode;
import io.neuralake.spi.error.NeuralakeException;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.Field;
import io.neuralake.spi.type.PhysicalType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

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
    private boolean needsCompletion;

    /// A call whose arguments are columns of its scope.
    private record Bound(
            AggregateCall call, AggregateScope scope, List<Integer> arguments, List<Field> fields) {
        private Type type(int argument) {
            return fields.get(argument).type();
        }

        private Type resultType() {
            return call.output().type();
        }
    }

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
    }

    /// Returns what holds strings of states.
    StringArena arena() {
        return arena;
    }

    boolean needsCompletion() {
        return needsCompletion;
    }

    AggregateResult compile(AggregateCall call) {
        String name =
                AggregateFunctions.find(call.function())
                        .map(AggregateSignature::name)
                        .orElse(call.function());
        Bound bound = bind(call, name);
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
            default ->
                    throw new NeuralakeException(
                            ErrorCode.UNSUPPORTED,
                            "Aggregate function not supported: " + call.function());
        };
    }

    private Bound bind(AggregateCall call, String name) {
        List<Field> fields = call.arguments().stream().map(input::field).toList();
        AggregateScope scope = scopes.computeIfAbsent(call.filter(), _ -> new AggregateScope());
        if (!call.distinct()
                || call.arguments().isEmpty()
                || INDIFFERENT_TO_DUPLICATES.contains(name)) {
            return new Bound(call, scope, call.arguments(), fields);
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
        return new Bound(call, distinct.scope(), positions, keyFields);
    }

    private static CountAccumulator countRows(Bound bound) {
        return bound.scope.accumulator(
                CountAccumulator.class,
                "count",
                List.of(),
                false,
                () -> new CountAccumulator(false));
    }

    private static CountAccumulator countNulls(Bound bound, int argument) {
        return bound.scope.accumulator(
                CountAccumulator.class,
                "nulls",
                List.of(bound.arguments.get(argument)),
                false,
                () -> new CountAccumulator(true));
    }

    /// Tells, once bound, which groups have no row with an argument that is not null.
    private static IntPredicate empty(Bound bound) {
        CountAccumulator rows = countRows(bound);
        if (!bound.fields.get(0).nullable()) {
            return group -> rows.count(group) == 0;
        }
        CountAccumulator nulls = countNulls(bound, 0);
        return group -> rows.count(group) == nulls.count(group);
    }

    private AggregateResult count(Bound bound) {
        CountAccumulator rows = countRows(bound);
        if (bound.arguments.isEmpty()) {
            return Results.longs(bound.resultType(), _ -> false, rows::count);
        }
        if (bound.arguments.size() == 1) {
            if (!bound.fields.get(0).nullable()) {
                return Results.longs(bound.resultType(), _ -> false, rows::count);
            }
            CountAccumulator nulls = countNulls(bound, 0);
            return Results.longs(
                    bound.resultType(),
                    _ -> false,
                    group -> rows.count(group) - nulls.count(group));
        }
        CountAccumulator all =
                bound.scope.accumulator(
                        CountAccumulator.class,
                        "count without nulls",
                        bound.arguments,
                        true,
                        () -> new CountAccumulator(false));
        return Results.longs(bound.resultType(), _ -> false, all::count);
    }

    private AggregateResult countIf(Bound bound) {
        SumAccumulator sum = sumOf(bound);
        return Results.longs(bound.resultType(), _ -> false, sum::low);
    }

    private static SumAccumulator sumOf(Bound bound) {
        return bound.scope.accumulator(
                SumAccumulator.class,
                "sum",
                bound.arguments,
                true,
                () -> new SumAccumulator(bound.type(0)));
    }

    private static DoubleSumAccumulator doubleSumOf(Bound bound) {
        return bound.scope.accumulator(
                DoubleSumAccumulator.class,
                "double sum",
                bound.arguments,
                true,
                () -> new DoubleSumAccumulator(false));
    }

    private AggregateResult sum(Bound bound) {
        IntPredicate empty = empty(bound);
        if (ArgumentFamily.isFloating(bound.type(0))) {
            return Results.doubles(bound.resultType(), empty, doubleSumOf(bound)::value);
        }
        SumAccumulator sum = sumOf(bound);
        return Results.sums(bound.resultType(), scale(bound.type(0)), empty, sum::low, sum::high);
    }

    private AggregateResult average(Bound bound) {
        IntPredicate empty = empty(bound);
        CountAccumulator rows = countRows(bound);
        CountAccumulator nulls = bound.fields.get(0).nullable() ? countNulls(bound, 0) : null;
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

    private AggregateResult extreme(Bound bound, boolean maximum) {
        PhysicalType physical = bound.type(0).physical();
        if (physical == PhysicalType.VIEW || physical == PhysicalType.INT128) {
            WideExtremeAccumulator accumulator =
                    bound.scope.accumulator(
                            WideExtremeAccumulator.class,
                            maximum ? "wide max" : "wide min",
                            bound.arguments,
                            true,
                            () ->
                                    new WideExtremeAccumulator(
                                            physical == PhysicalType.VIEW, maximum, arena));
            return Results.wide(bound.resultType(), accumulator, arena);
        }
        return fold(bound, maximum ? Fold.MAX : Fold.MIN);
    }

    private AggregateResult fold(Bound bound, Fold fold) {
        IntPredicate empty = empty(bound);
        LongFoldAccumulator accumulator =
                bound.scope.accumulator(
                        LongFoldAccumulator.class,
                        fold.name(),
                        bound.arguments,
                        true,
                        () -> new LongFoldAccumulator(fold));
        return Results.sortable(bound.resultType(), empty, accumulator::value);
    }

    private AggregateResult product(Bound bound) {
        IntPredicate empty = empty(bound);
        DoubleSumAccumulator accumulator =
                bound.scope.accumulator(
                        DoubleSumAccumulator.class,
                        "product",
                        bound.arguments,
                        true,
                        () -> new DoubleSumAccumulator(true));
        return Results.doubles(bound.resultType(), empty, accumulator::value);
    }
}
