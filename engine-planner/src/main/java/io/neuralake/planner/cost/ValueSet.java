package io.neuralake.planner.cost;

import io.neuralake.spi.statistics.DistinctSketch;
import io.neuralake.spi.statistics.ValueHash;
import io.neuralake.spi.type.Type;

import java.util.IdentityHashMap;
import java.util.Map;

/// The values of a table's column as a sketch, for the planning of one query. Not thread-safe.
final class ValueSet {
    /// Values that two columns have in common are known only where the error of the sketches is below
    /// this share of the smaller one's.
    private static final double MAX_ERROR = 0.25;

    private final DistinctSketch sketch;
    private final Type type;
    private final double count;
    private final Map<ValueSet, Double> shares = new IdentityHashMap<>();

    /// Uses a sketch, which is not changed.
    ValueSet(DistinctSketch sketch, Type type) {
        this.sketch = sketch;
        this.type = type;
        this.count = sketch.estimate();
    }

    /// Estimates which share of the values of the column with fewer of them the other has, too:
    /// what the counts of both exceed that of their union by. 1, which is what joins assume
    /// otherwise, where the sketches cannot tell.
    double commonShare(ValueSet other) {
        return shares.computeIfAbsent(other, this::estimateCommonShare);
    }

    private double estimateCommonShare(ValueSet other) {
        double smaller = Math.min(count, other.count);
        if (other == this || smaller < 1 || !ValueHash.areComparable(type, other.type)) {
            return 1;
        }
        DistinctSketch union = new DistinctSketch(sketch);
        union.merge(other.sketch);
        double both = union.estimate();
        double error = Math.max(0.5, union.standardError() * both);
        if (error > MAX_ERROR * smaller) {
            return 1;
        }
        double common = Math.max(count + other.count - both, error);
        double share = common / smaller;
        return share > 1 - MAX_ERROR ? 1 : share;
    }
}
