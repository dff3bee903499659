package io.neuralake.planner.rule.join;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.cost.CardinalityEstimator;
import io.neuralake.planner.cost.ColumnEstimate;
import io.neuralake.planner.cost.CompositeKey;
import io.neuralake.planner.cost.RelationEstimate;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Estimates the rows of every set of factors, the same whatever the order in which they are joined.
final class JoinCardinality {
    private final JoinGraph graph;
    private final CardinalityEstimator estimator;
    private final Map<Long, Double> known = new HashMap<>();
    private final @Nullable RelationEstimate[] satellites;
    private final double[] satelliteFactors;
    private final double[] conditionShares;

    JoinCardinality(JoinGraph graph, CardinalityEstimator estimator) {
        this.graph = graph;
        this.estimator = estimator;
        this.satellites = new RelationEstimate[graph.factors().size()];
        this.satelliteFactors = new double[graph.factors().size()];
        this.conditionShares = new double[graph.conditions().size()];
        java.util.Arrays.fill(satelliteFactors, Double.NaN);
        java.util.Arrays.fill(conditionShares, Double.NaN);
    }

    double rows(long set) {
        Double cached = known.get(set);
        if (cached == null) {
            cached = Math.max(1, estimate(set));
            known.put(set, cached);
        }
        return cached;
    }

    private double estimate(long set) {
        if (Long.bitCount(set) == 1) {
            return graph.only(set).estimate().rows();
        }
        double rows = 1;
        double satellites = 1;
        for (JoinFactor factor : graph.factors()) {
            if ((set & factor.bit()) != 0) {
                if (factor.isInner()) {
                    rows *= factor.estimate().rows();
                } else {
                    satellites *= satelliteFactor(factor);
                }
            }
        }
        rows *= equalities(set);
        for (int i = 0; i < graph.conditions().size(); i++) {
            if ((graph.conditions().get(i).factors() & ~set) == 0) {
                rows *= conditionShare(i);
            }
        }
        return Math.max(1, rows) * satellites;
    }

    /// Divides by all but the smallest domain of each class of equal columns.
    private double equalities(long set) {
        double share = 1;
        Map<Long, List<Integer>> pairs = new HashMap<>();
        for (int index = 0; index < graph.classes().size(); index++) {
            List<JoinFactor> members = new ArrayList<>();
            List<ColumnEstimate> columns = new ArrayList<>();
            for (int column : graph.classes().get(index)) {
                JoinFactor factor = graph.factor(graph.owner(column));
                if ((set & factor.bit()) != 0 && !members.contains(factor)) {
                    members.add(factor);
                    columns.add(factor.estimate().column(column - factor.offset()));
                }
            }
            if (members.size() > 1) {
                share /= Math.max(1, divisor(columns));
                note(pairs, members, index);
            }
        }
        for (Map.Entry<Long, List<Integer>> pair : pairs.entrySet()) {
            if (pair.getValue().size() > 1) {
                share *= composite(pair.getKey(), pair.getValue());
            }
        }
        return share;
    }

    private static double divisor(List<ColumnEstimate> equal) {
        double low = Double.NEGATIVE_INFINITY;
        double high = Double.POSITIVE_INFINITY;
        for (ColumnEstimate column : equal) {
            if (column.hasRange()) {
                low = Math.max(low, column.min());
                high = Math.min(high, column.max());
            }
        }
        double product = 1;
        double smallest = Double.MAX_VALUE;
        int fewest = 0;
        for (int i = 0; i < equal.size(); i++) {
            ColumnEstimate column = equal.get(i);
            double domain = column.domainWithin(low, high);
            product *= domain / (1 - Math.min(column.nullFraction(), 0.99));
            smallest = Math.min(smallest, domain);
            fewest = column.domain() < equal.get(fewest).domain() ? i : fewest;
        }
        for (int i = 0; i < equal.size(); i++) {
            product /= i == fewest ? 1 : equal.get(fewest).commonShare(equal.get(i));
        }
        return product / smallest;
    }

    private static void note(Map<Long, List<Integer>> pairs, List<JoinFactor> members, int index) {
        for (JoinFactor a : members) {
            for (JoinFactor b : members) {
                if (a.index() < b.index()) {
                    pairs.computeIfAbsent(a.bit() | b.bit(), p -> new ArrayList<>()).add(index);
                }
            }
        }
    }

    /// Corrects for two factors that are joined by several columns ([CompositeKey]).
    private double composite(long pair, List<Integer> classIndexes) {
        JoinFactor a = graph.only(pair);
        JoinFactor b = graph.only(pair & ~a.bit());
        double independent = 1;
        double largest = 1;
        double valuesOfA = 1;
        double valuesOfB = 1;
        double mostOfA = 1;
        double mostOfB = 1;
        for (int index : classIndexes) {
            double ofA = domain(a, index);
            double ofB = domain(b, index);
            independent *= Math.max(ofA, ofB);
            largest = Math.max(largest, Math.max(ofA, ofB));
            valuesOfA *= ofA;
            valuesOfB *= ofB;
            mostOfA = Math.max(mostOfA, ofA / ofB);
            mostOfB = Math.max(mostOfB, ofB / ofA);
        }
        double limit =
                CompositeKey.of(valuesOfA, a.estimate(), isUnique(a, classIndexes), mostOfA)
                        .joined(
                                CompositeKey.of(
                                        valuesOfB,
                                        b.estimate(),
                                        isUnique(b, classIndexes),
                                        mostOfB));
        return Math.max(1, independent / Math.max(largest, limit));
    }

    private boolean isUnique(JoinFactor factor, List<Integer> classIndexes) {
        ImmutableBitSet.Builder columns = ImmutableBitSet.builder();
        for (int index : classIndexes) {
            for (int column : graph.classes().get(index)) {
                if (graph.owner(column) == factor.index()) {
                    columns.set(column - factor.offset());
                }
            }
        }
        return factor.estimate().isUnique(columns.build());
    }

    private double domain(JoinFactor factor, int classIndex) {
        double result = 1;
        for (int column : graph.classes().get(classIndex)) {
            if (graph.owner(column) == factor.index()) {
                result =
                        Math.max(
                                result,
                                factor.estimate().column(column - factor.offset()).domain());
            }
        }
        return result;
    }

    private double satelliteFactor(JoinFactor factor) {
        double value = satelliteFactors[factor.index()];
        if (Double.isNaN(value)) {
            double left = around(factor.required(), factor.offset()).rows();
            value = satellite(factor).rows() / left;
            if (factor.type() == JoinType.LEFT) {
                value = Math.max(1, value);
            }
            satelliteFactors[factor.index()] = value;
        }
        return value;
    }

    /// Joins a satellite to the factors before it.
    private RelationEstimate satellite(JoinFactor factor) {
        RelationEstimate known = satellites[factor.index()];
        if (known == null) {
            RelationEstimate left = around(factor.required(), factor.offset());
            known =
                    estimator
                            .joins()
                            .join(left, factor.estimate(), factor.condition(), factor.type());
            satellites[factor.index()] = known;
        }
        return known;
    }

    /// Returns a factor's columns as they are once it is joined: those of a left join have nulls.
    private List<ColumnEstimate> columns(JoinFactor factor) {
        if (factor.type() != JoinType.LEFT) {
            return factor.estimate().columns();
        }
        List<ColumnEstimate> joined = satellite(factor).columns();
        return joined.subList(joined.size() - factor.width(), joined.size());
    }

    private double conditionShare(int index) {
        if (Double.isNaN(conditionShares[index])) {
            JoinGraph.Condition condition = graph.conditions().get(index);
            RelationEstimate rows = around(condition.factors(), graph.columns());
            conditionShares[index] =
                    condition.expression().getKind() == SqlKind.OR
                            ? disjunction(rows, RelOptUtil.disjunctions(condition.expression()))
                            : estimator.selectivity().selectivity(rows, condition.expression());
        }
        return conditionShares[index];
    }

    /// Estimates a disjunction over several factors, which each have been filtered already by what it
    /// says of them alone (see `JoinGraphAnalysis`): divides by the shares that this has kept, as far
    /// as the columns do not show them.
    private double disjunction(RelationEstimate rows, List<RexNode> parts) {
        Map<Long, List<RexNode>> own = new HashMap<>();
        double[] shares = new double[parts.size()];
        for (int i = 0; i < shares.length; i++) {
            Map<Long, List<RexNode>> byFactor = new HashMap<>();
            for (RexNode conjunct : RelOptUtil.conjunctions(parts.get(i))) {
                byFactor.computeIfAbsent(graph.factorsOf(conjunct), f -> new ArrayList<>())
                        .add(conjunct);
            }
            shares[i] = 1;
            for (Map.Entry<Long, List<RexNode>> entry : byFactor.entrySet()) {
                RexNode condition = RexUtil.composeConjunction(rexBuilder(), entry.getValue());
                shares[i] *= estimator.selectivity().selectivity(rows, condition);
                own.computeIfAbsent(entry.getKey(), f -> new ArrayList<>()).add(condition);
            }
        }
        double known = 1;
        for (Map.Entry<Long, List<RexNode>> entry : own.entrySet()) {
            boolean isDerived =
                    Long.bitCount(entry.getKey()) == 1
                            && graph.only(entry.getKey()).isInner()
                            && entry.getValue().size() == parts.size();
            if (isDerived) {
                RexNode derived = RexUtil.composeDisjunction(rexBuilder(), entry.getValue());
                known *= estimator.selectivity().selectivity(rows, derived);
            }
        }
        return Math.min(1, java.util.Arrays.stream(shares).sum() / known);
    }

    private RexBuilder rexBuilder() {
        return graph.factor(0).rel().getCluster().getRexBuilder();
    }

    /// Describes rows of the graph's columns up to `width`, with as many rows as the largest factor.
    private RelationEstimate around(long set, int width) {
        List<ColumnEstimate> columns = new ArrayList<>();
        double rows = 1;
        for (JoinFactor factor : graph.factors()) {
            if (factor.offset() < width) {
                columns.addAll(columns(factor));
                if (factor.hasMark()) {
                    columns.add(ColumnEstimate.ofDistinct(2));
                }
            }
            if ((set & factor.bit()) != 0) {
                rows = Math.max(rows, factor.estimate().rows());
            }
        }
        return new RelationEstimate(rows, columns, List.of());
    }
}
