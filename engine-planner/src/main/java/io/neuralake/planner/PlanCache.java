package io.neuralake.planner;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.catalog.StatementTables.Dependency;
import io.neuralake.spi.catalog.TableSnapshot;
import io.neuralake.spi.type.Schema;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/// Keeps the plans used last, with what they depend on. Thread-safe.
final class PlanCache {
    private final Map<Key, CachedPlan> plans;
    private final AtomicLong hits = new AtomicLong();
    private final AtomicLong misses = new AtomicLong();

    /// What a plan is found by.
    record Key(String sql, String user, String catalog, String schema, PlannerSettings settings) {}

    /// A plan, its parameters, and the look-ups that must have the same result for it to hold.
    record CachedPlan(PhysicalPlan plan, Schema parameters, List<Dependency> dependencies) {
        CachedPlan {
            dependencies = List.copyOf(dependencies);
        }

        /// Tells whether the plan may hold for others: it shows nothing that a transaction has staged.
        boolean isShared() {
            return dependencies.stream().noneMatch(Dependency::isOwn);
        }

        /// Tells whether all tables are as they were.
        ///
        /// @param view gives the table that a statement sees in place of one of a catalog
        boolean holds(UnaryOperator<TableSnapshot> view) {
            return dependencies.stream().allMatch(dependency -> dependency.holds(view));
        }
    }

    PlanCache(int capacity) {
        plans =
                new LinkedHashMap<>(64, 0.75f, true) {
                    @Override
                    protected boolean removeEldestEntry(Map.Entry<Key, CachedPlan> eldest) {
                        return size() > capacity;
                    }
                };
    }

    /// Finds a plan that still holds.
    ///
    /// @param view gives the table that a statement sees in place of one of a catalog
    Optional<CachedPlan> find(Key key, UnaryOperator<TableSnapshot> view) {
        CachedPlan plan;
        synchronized (plans) {
            plan = plans.get(key);
        }
        if (plan != null && plan.holds(view)) {
            hits.incrementAndGet();
            return Optional.of(plan);
        }
        misses.incrementAndGet();
        return Optional.empty();
    }

    void put(Key key, CachedPlan plan) {
        synchronized (plans) {
            plans.put(key, plan);
        }
    }

    long hits() {
        return hits.get();
    }

    long misses() {
        return misses.get();
    }
}
