package io.neuralake.planner.cost;

import io.neuralake.planner.cost.RelationEstimate.Source;

import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Estimates the number of groups by columns. Columns of one source together have no more values than
/// the source has rows, however many they are. Among columns of one source, and among sources, those
/// after the one with most values count less and less, since they are rarely independent.
final class GroupCount {
    /// Sources that are looked at, since every set of them is.
    private static final int MAX_SOURCES = 8;

    private static final double WEIGHT_OF_NEXT = 0.8;
    private static final double LEAST_WEIGHT = 0.25;

    private final RelationEstimate relation;
    private final ImmutableBitSet group;
    private final List<Source> sources;

    private GroupCount(RelationEstimate relation, ImmutableBitSet group) {
        this.relation = relation;
        this.group = group;
        Map<ImmutableBitSet, Source> smallest = new HashMap<>();
        for (Source source : relation.sources()) {
            ImmutableBitSet columns = source.columns().intersect(group);
            if (!columns.isEmpty()) {
                smallest.merge(
                        columns,
                        new Source(columns, source.rows()),
                        (a, b) -> a.rows() <= b.rows() ? a : b);
            }
        }
        this.sources =
                smallest.values().stream()
                        .sorted(
                                Comparator.comparingDouble(Source::rows)
                                        .thenComparing(s -> s.columns().toString()))
                        .limit(MAX_SOURCES)
                        .toList();
    }

    static double of(RelationEstimate relation, ImmutableBitSet group) {
        GroupCount count = new GroupCount(relation, group);
        double fewest = relation.rows();
        for (int set = 0; set < 1 << count.sources.size(); set++) {
            fewest = Math.min(fewest, count.by(set));
        }
        return Math.max(1, fewest);
    }

    /// Counts with some of the sources, the smallest first, and with what is in none of them.
    private double by(int set) {
        List<Double> counts = new ArrayList<>();
        ImmutableBitSet rest = group;
        for (int i = 0; i < sources.size(); i++) {
            if ((set >> i & 1) != 0) {
                Source source = sources.get(i);
                ImmutableBitSet own = rest.intersect(source.columns());
                counts.add(Math.min(product(distinct(own)), source.rows()));
                rest = rest.except(own);
            }
        }
        counts.addAll(distinct(rest));
        return product(counts);
    }

    private List<Double> distinct(ImmutableBitSet columns) {
        List<Double> counts = new ArrayList<>();
        for (int column : columns) {
            counts.add(relation.column(column).distinct());
        }
        return counts;
    }

    private static double product(List<Double> counts) {
        double[] sorted = counts.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double product = 1;
        double weight = 1;
        for (int i = sorted.length - 1; i >= 0; i--) {
            product *= Math.pow(sorted[i], weight);
            weight = Math.max(LEAST_WEIGHT, weight * WEIGHT_OF_NEXT);
        }
        return product;
    }
}
