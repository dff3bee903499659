package io.neuralake.planner.lower;

import io.neuralake.exec.plan.PhysicalPlan;
import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.rel.SubQueryJoin;

import org.apache.calcite.plan.RelDigest;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Aggregate;
import org.apache.calcite.rel.core.Join;
import org.apache.calcite.rel.core.Project;
import org.apache.calcite.rel.core.RepeatUnion;
import org.apache.calcite.rel.core.TableScan;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.function.Function;

/// Finds relations that occur more than once in a query, so that each runs once. A first pass of
/// lowering collects what all readers need; later passes produce just that.
final class SharedPlans {
    private static final double SMALL = 100_000;

    private final CardinalityEstimator estimator;
    private final Map<RelDigest, Integer> counts = new HashMap<>();
    private final Map<RelNode, RelDigest> repeated = new IdentityHashMap<>();
    private final Map<RelDigest, Uses> needs = new HashMap<>();
    private final Map<RelDigest, Lowered> lowered = new HashMap<>();
    private final Map<RelDigest, Integer> ids = new HashMap<>();
    private boolean collecting = true;
    private boolean grown;

    SharedPlans(CardinalityEstimator estimator) {
        this.estimator = estimator;
    }

    void find(RelNode root) {
        count(root);
        if (counts.values().stream().anyMatch(count -> count > 1)) {
            mark(root);
        }
    }

    /// Counts relations. What is below one that was met before runs as often as that.
    private void count(RelNode rel) {
        if (!isWorthIt(rel) || counts.merge(rel.getRelDigest(), 1, Integer::sum) == 1) {
            rel.getInputs().forEach(this::count);
        }
    }

    private void mark(RelNode rel) {
        if (isWorthIt(rel) && counts.getOrDefault(rel.getRelDigest(), 0) > 1) {
            repeated.put(rel, rel.getRelDigest());
        }
        rel.getInputs().forEach(this::mark);
    }

    /// Tells whether keeping the result beats computing it again: it took a join or an aggregation,
    /// and is small, also compared with what it is made of.
    private boolean isWorthIt(RelNode rel) {
        if (rel instanceof RepeatUnion) {
            return WorkTables.read(rel).isEmpty();
        }
        if (!(rel instanceof Join
                || rel instanceof SubQueryJoin
                || rel instanceof Aggregate
                || rel instanceof Project project && project.containsOver())) {
            return false;
        }
        double rows = estimator.rows(rel);
        if (!WorkTables.read(rel).isEmpty()) {
            return false;
        }
        return rows <= SMALL || rows <= scanned(rel) / 2;
    }

    private double scanned(RelNode rel) {
        if (rel instanceof TableScan) {
            return estimator.rows(rel);
        }
        return rel.getInputs().stream().mapToDouble(this::scanned).sum();
    }

    boolean contains(RelNode rel) {
        return repeated.containsKey(rel);
    }

    Lowered lower(RelNode rel, Uses uses, Function<Uses, Lowered> lower) {
        RelDigest digest = repeated.get(rel);
        Uses needed = needs.computeIfAbsent(digest, d -> Uses.none());
        if (!needed.covers(uses)) {
            needed.addAll(uses);
            grown = true;
        }
        if (collecting) {
            return lower.apply(uses);
        }
        Lowered known = lowered.get(digest);
        if (known == null) {
            Lowered input = lower.apply(Uses.copyOf(needed));
            int id = ids.computeIfAbsent(digest, d -> ids.size());
            known = new Lowered(new PhysicalPlan.Shared(id, input.plan()), input.layout());
            lowered.put(digest, known);
        }
        return known;
    }

    /// Tells whether another pass is needed because readers asked for more than was produced.
    boolean restart() {
        boolean again = collecting && !needs.isEmpty() || grown;
        collecting = false;
        grown = false;
        lowered.clear();
        return again && !needs.isEmpty();
    }
}
