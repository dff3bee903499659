package io.neuralake.exec.operator.join;

import io.neuralake.exec.plan.PhysicalPlan.DynamicFilterSource;
import io.neuralake.exec.plan.PhysicalPlan.HashJoin;
import io.neuralake.spi.memory.MemoryAllocator;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/// Makes the dynamic filters of a hash join.
final class DynamicFilters {
    private DynamicFilters() {}

    /// Returns those filters of the node that can drop rows.
    static List<DynamicFilterSource> usable(HashJoin node, List<@Nullable Type> casts) {
        boolean dropsUnmatched =
                switch (node.type()) {
                    case INNER, SEMI, RIGHT, BUILD_SEMI, BUILD_ANTI -> true;
                    case LEFT, FULL, SINGLE, ANTI, ANTI_NULL_AWARE, MARK, MARK_NULL_AWARE -> false;
                };
        List<DynamicFilterSource> usable = new ArrayList<>();
        if (!dropsUnmatched) {
            return usable;
        }
        for (DynamicFilterSource source : node.dynamicFilters()) {
            int key = source.key();
            Type probe = node.probe().schema().field(node.probeKeys().get(key)).type();
            Type built = node.build().schema().field(node.buildKeys().get(key)).type();
            if (casts.get(key) == null && probe.equals(built) && !node.nullsEqual().get(key)) {
                usable.add(source);
            }
        }
        return usable;
    }

    /// Returns the filters for those keys for which probe rows without match are dropped.
    static List<DynamicFilter> of(
            HashJoin node, List<@Nullable Type> casts, BuildSide build, MemoryAllocator allocator) {
        List<DynamicFilter> filters = new ArrayList<>();
        try {
            for (DynamicFilterSource source : usable(node, casts)) {
                filters.add(BuildKeyFilter.of(source.id(), source.key(), build, allocator));
            }
        } catch (RuntimeException e) {
            filters.forEach(DynamicFilter::close);
            throw e;
        }
        return List.copyOf(filters);
    }
}
