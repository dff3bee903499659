package io.neuralake.exec.function.aggregate;

import io.neuralake.exec.plan.PhysicalPlan.SortKey;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.MapType;
import io.neuralake.spi.type.Type;

import java.util.ArrayList;
import java.util.List;

/// Compiles the functions that need all values of a group.
final class CollectingFunctions {
    private final MemoryAllocator allocator;
    private boolean used;

    CollectingFunctions(MemoryAllocator allocator) {
        this.allocator = allocator;
    }

    /// Tells whether a function was compiled.
    boolean used() {
        return used;
    }

    AggregateResult compile(BoundCall call, String name) {
        used = true;
        Type type = call.resultType();
        boolean descending = !call.order().isEmpty() && call.order().get(0).descending();
        return switch (name) {
            case "array_agg" -> CollectedResults.arrays(type, collected(call, false));
            case "string_agg" ->
                    CollectedResults.strings(type, call.text(0, ","), collected(call, true));
            case "first" -> CollectedResults.picked(collected(call, false), _ -> 0);
            case "last" -> CollectedResults.picked(collected(call, false), count -> count - 1);
            case "mode" -> CollectedResults.modes(sorted(call));
            case "histogram" -> CollectedResults.histograms((MapType) type, sorted(call));
            case "median" ->
                    CollectedResults.quantiles(type, List.of(0.5), false, true, sorted(call));
            case "quantile_cont" ->
                    CollectedResults.quantiles(
                            type, call.quantiles(descending), call.wantsList(), true, sorted(call));
            case "quantile_disc" -> discrete(call, descending);
            default -> throw new IllegalStateException("Not a collecting function: " + name);
        };
    }

    private AggregateResult discrete(BoundCall call, boolean descending) {
        CollectAccumulator values = sorted(call);
        List<Double> quantiles = call.quantiles(false);
        if (call.wantsList()) {
            return CollectedResults.quantiles(
                    call.resultType(), call.quantiles(descending), true, false, values);
        }
        double quantile = quantiles.get(0);
        return CollectedResults.picked(
                values,
                count -> {
                    int index = CollectedResults.discreteIndex(quantile, count);
                    return descending ? count - 1 - index : index;
                });
    }

    /// Values in the order that the call asks for.
    private CollectAccumulator collected(BoundCall call, boolean skipNulls) {
        return accumulator(call, skipNulls, call.order());
    }

    /// Values that are not null, in ascending order.
    private CollectAccumulator sorted(BoundCall call) {
        return accumulator(call, true, List.of(new SortKey(call.arguments().get(0), false, false)));
    }

    private CollectAccumulator accumulator(BoundCall call, boolean skipNulls, List<SortKey> order) {
        List<Integer> columns = new ArrayList<>();
        columns.add(call.arguments().get(0));
        List<SortKey> keys = new ArrayList<>();
        for (SortKey key : order) {
            int position = columns.indexOf(key.column());
            if (position < 0) {
                position = columns.size();
                columns.add(key.column());
            }
            keys.add(new SortKey(position, key.descending(), key.nullsFirst()));
        }
        List<Type> types = columns.stream().map(c -> call.columns().field(c).type()).toList();
        return call.scope()
                .accumulator(
                        CollectAccumulator.class,
                        "collect" + skipNulls + keys,
                        columns,
                        false,
                        () -> new CollectAccumulator(types, skipNulls, keys, allocator));
    }
}
