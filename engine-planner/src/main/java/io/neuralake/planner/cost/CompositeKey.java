package io.neuralake.planner.cost;

/// Several columns by which two relations are joined: taken for a key of one of them, so that together
/// they have no more values than that relation has rows.
///
/// @param values the most values that the columns of one relation have together: the product of the
///     columns' or the relation's rows
/// @param isUnique whether no two of its rows are equal in the columns
/// @param excess how many times the values of the other relation's column one of its columns has, at
///     most
public record CompositeKey(double values, boolean isUnique, double excess) {
    /// From where on a column has clearly more values than the one that refers to it.
    private static final double CLEAR = 1.15;

    /// Describes the columns of a relation before any filter.
    public static CompositeKey of(
            double product, RelationEstimate relation, boolean isUnique, double excess) {
        return new CompositeKey(Math.min(product, relation.population()), isUnique, excess);
    }

    /// Returns the values of the key: of the side that is unique, or has clearly more values in one
    /// column and not fewer in another; else of the side with fewer.
    public double joined(CompositeKey other) {
        if (isUnique != other.isUnique) {
            return isUnique ? values : other.values;
        }
        if (isUnique) {
            return Math.max(values, other.values);
        }
        boolean more = excess > CLEAR;
        boolean fewer = other.excess > CLEAR;
        if (more != fewer) {
            return more ? values : other.values;
        }
        return Math.min(values, other.values);
    }
}
