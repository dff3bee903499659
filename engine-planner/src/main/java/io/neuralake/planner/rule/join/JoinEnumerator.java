package io.neuralake.planner.rule.join;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the order of joins with the least sum of intermediate rows. Enumerates pairs of connected
/// sets (Moerkotte and Neumann, "Analysis of Two Existing and One New Dynamic Programming
/// Algorithm", VLDB 2006); beyond a budget of pairs it joins greedily what gives the fewest rows
/// (Fegaras, "A New Heuristic for Optimizing Large Queries", DEXA 1998).
final class JoinEnumerator {
    private static final int MAX_PAIRS = 20_000;
    private static final int MAX_FACTORS = 24;

    /// Cost of a row on a build side, in rows of a result.
    private static final double BUILD_WEIGHT = 0.3;

    private final JoinGraph graph;
    private final JoinCardinality cardinality;
    private final Map<Long, JoinTree> best = new HashMap<>();
    private int pairs;

    JoinEnumerator(JoinGraph graph, JoinCardinality cardinality) {
        this.graph = graph;
        this.cardinality = cardinality;
    }

    /// A tree of joins; a leaf for a set of one.
    sealed interface JoinTree {
        long set();

        double cost();
    }

    /// A factor.
    record Leaf(long set) implements JoinTree {
        @Override
        public double cost() {
            return 0;
        }
    }

    /// A join; the right side is the satellite or the one with fewer rows.
    record Node(JoinTree left, JoinTree right, double cost) implements JoinTree {
        @Override
        public long set() {
            return left.set() | right.set();
        }
    }

    JoinTree enumerate() {
        for (JoinFactor factor : graph.factors()) {
            best.put(factor.bit(), new Leaf(factor.bit()));
        }
        int count = graph.factors().size();
        if (count <= MAX_FACTORS) {
            for (int i = count - 1; i >= 0 && pairs < MAX_PAIRS; i--) {
                emitSet(1L << i);
                enlarge(1L << i, (2L << i) - 1);
            }
        }
        JoinTree result = pairs < MAX_PAIRS ? best.get(graph.all()) : null;
        return result == null ? greedy() : result;
    }

    /// Joins in the order of the text.
    JoinTree inOrder() {
        JoinTree result = new Leaf(1);
        for (int i = 1; i < graph.factors().size(); i++) {
            result = new Node(result, new Leaf(1L << i), 0);
        }
        return result;
    }

    private void enlarge(long set, long excluded) {
        long around = graph.neighbours(set) & ~excluded;
        if (around == 0 || pairs >= MAX_PAIRS) {
            return;
        }
        for (long part = around & -around; part != 0; part = (part - around) & around) {
            emitSet(set | part);
        }
        for (long part = around & -around; part != 0; part = (part - around) & around) {
            enlarge(set | part, excluded | around);
        }
    }

    private void emitSet(long set) {
        if (!best.containsKey(set)) {
            return;
        }
        long excluded = set | ((Long.lowestOneBit(set) << 1) - 1);
        long around = graph.neighbours(set) & ~excluded;
        for (int i = graph.factors().size() - 1; i >= 0; i--) {
            long bit = 1L << i;
            if ((around & bit) != 0) {
                emitPair(set, bit);
                enlargeComplement(set, bit, excluded | (around & ((bit << 1) - 1)));
            }
        }
    }

    private void enlargeComplement(long set, long complement, long excluded) {
        long around = graph.neighbours(complement) & ~excluded;
        if (around == 0 || pairs >= MAX_PAIRS) {
            return;
        }
        for (long part = around & -around; part != 0; part = (part - around) & around) {
            if (best.containsKey(complement | part)) {
                emitPair(set, complement | part);
            }
        }
        for (long part = around & -around; part != 0; part = (part - around) & around) {
            enlargeComplement(set, complement | part, excluded | around);
        }
    }

    private void emitPair(long a, long b) {
        pairs++;
        JoinTree first = best.get(a);
        JoinTree second = best.get(b);
        if (first == null || second == null) {
            return;
        }
        join(first, second)
                .ifPresent(
                        tree ->
                                best.merge(
                                        tree.set(),
                                        tree,
                                        (old, now) -> now.cost() < old.cost() ? now : old));
    }

    private Optional<JoinTree> join(JoinTree a, JoinTree b) {
        if (isSatellite(b)) {
            return joinSatellite(a, b);
        }
        if (isSatellite(a)) {
            return joinSatellite(b, a);
        }
        if (!graph.isComplete(a.set()) || !graph.isComplete(b.set())) {
            return Optional.empty();
        }
        double rowsOfA = cardinality.rows(a.set());
        double rowsOfB = cardinality.rows(b.set());
        boolean swap = rowsOfA < rowsOfB;
        double cost =
                a.cost()
                        + b.cost()
                        + cardinality.rows(a.set() | b.set())
                        + BUILD_WEIGHT * Math.min(rowsOfA, rowsOfB);
        return Optional.of(swap ? new Node(b, a, cost) : new Node(a, b, cost));
    }

    private boolean isSatellite(JoinTree tree) {
        return tree instanceof Leaf && !graph.only(tree.set()).isInner();
    }

    private Optional<JoinTree> joinSatellite(JoinTree left, JoinTree satellite) {
        if (isSatellite(left)
                || !graph.isComplete(left.set())
                || (graph.only(satellite.set()).required() & ~left.set()) != 0) {
            return Optional.empty();
        }
        double rows = cardinality.rows(left.set() | satellite.set());
        double build = Math.min(cardinality.rows(left.set()), cardinality.rows(satellite.set()));
        return Optional.of(new Node(left, satellite, left.cost() + rows + BUILD_WEIGHT * build));
    }

    private JoinTree greedy() {
        List<JoinTree> trees = new ArrayList<>();
        graph.factors().forEach(factor -> trees.add(new Leaf(factor.bit())));
        while (trees.size() > 1) {
            JoinTree next =
                    cheapest(trees, true)
                            .or(() -> cheapest(trees, false))
                            .orElseThrow(() -> new IllegalStateException("No order of joins"));
            trees.removeIf(tree -> (tree.set() & next.set()) != 0);
            trees.add(next);
        }
        return trees.getFirst();
    }

    private Optional<JoinTree> cheapest(List<JoinTree> trees, boolean connected) {
        JoinTree result = null;
        double fewest = Double.MAX_VALUE;
        for (int i = 0; i < trees.size(); i++) {
            for (int j = i + 1; j < trees.size(); j++) {
                JoinTree a = trees.get(i);
                JoinTree b = trees.get(j);
                if (connected && (graph.neighbours(a.set()) & b.set()) == 0) {
                    continue;
                }
                JoinTree tree = join(a, b).orElse(null);
                if (tree != null && cardinality.rows(tree.set()) < fewest) {
                    fewest = cardinality.rows(tree.set());
                    result = tree;
                }
            }
        }
        return Optional.ofNullable(result);
    }
}
