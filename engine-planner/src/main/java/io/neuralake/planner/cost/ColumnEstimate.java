package io.neuralake.planner.cost;

import org.jspecify.annotations.Nullable;

/// What is believed of a column's values.
///
/// @param distinct number of distinct values here
/// @param domain number of distinct values that the column could have had, before filters; joins
///     divide by it
/// @param min lowest value as a number; NaN when unknown or not a number
/// @param max highest value
/// @param nullFraction share of nulls
/// @param distribution how the values are spread; null where it is evenly from min to max, or unknown
/// @param values all values of the table's column that this is, whatever is left of them; null where
///     they are not known, or a condition chose among them
public record ColumnEstimate(
        double distinct,
        double domain,
        double min,
        double max,
        double nullFraction,
        @Nullable Distribution distribution,
        @Nullable ValueSet values) {
    /// Assumes values that are spread evenly.
    public ColumnEstimate(
            double distinct, double domain, double min, double max, double nullFraction) {
        this(distinct, domain, min, max, nullFraction, null, null);
    }

    /// Assumes so many values without order.
    public static ColumnEstimate ofDistinct(double count) {
        double known = Math.max(1, count);
        return new ColumnEstimate(known, known, Double.NaN, Double.NaN, 0);
    }

    /// Tells whether the range of values is known.
    public boolean hasRange() {
        return !Double.isNaN(min) && !Double.isNaN(max);
    }

    /// Tells whether it can be said how many values are between two bounds.
    boolean isOrdered() {
        return distribution != null || hasRange();
    }

    /// Returns the lower bound of values that [#isOrdered] speaks of.
    double lowest() {
        return hasRange() ? min : Double.NEGATIVE_INFINITY;
    }

    /// Returns the upper bound.
    double highest() {
        return hasRange() ? max : Double.POSITIVE_INFINITY;
    }

    /// Returns what is known of the spread of the values; null for nothing.
    @Nullable Distribution spread() {
        if (distribution != null || !hasRange()) {
            return distribution;
        }
        double width = max - min;
        return Distribution.of((min + max) / 2, width * width / 12);
    }

    /// Returns the number of values by which a join divides whose other side has values from `low` to
    /// `high`, or from and to NaN when that is unknown. Filters that leave no more values than there
    /// are in that range are taken to have chosen among them: who asks for a year of a calendar of two
    /// centuries asks for one in which something happened. Ranges that are nearly the same say nothing.
    public double domainWithin(double low, double high) {
        double span = Math.min(max, high) - Math.max(min, low) + 1;
        return span >= distinct && span < domain / 2 ? span : domain;
    }

    ColumnEstimate withDistinct(double count) {
        return new ColumnEstimate(
                Math.max(1, count), domain, min, max, nullFraction, distribution, values);
    }

    ColumnEstimate withDomain(double count) {
        return new ColumnEstimate(
                distinct, Math.max(1, count), min, max, nullFraction, distribution, values);
    }

    ColumnEstimate withNullFraction(double share) {
        return new ColumnEstimate(distinct, domain, min, max, share, distribution, values);
    }

    ColumnEstimate withDistribution(@Nullable Distribution known) {
        return new ColumnEstimate(distinct, domain, min, max, nullFraction, known, values);
    }

    /// Narrows the range to a share of it.
    ColumnEstimate narrowed(double low, double high, double share) {
        return new ColumnEstimate(
                Math.max(1, distinct * share),
                Math.max(1, domain * share),
                hasRange() ? low : min,
                hasRange() ? high : max,
                nullFraction,
                distribution,
                null);
    }

    /// Moves all values by a number.
    ColumnEstimate shifted(double by) {
        return new ColumnEstimate(distinct, domain, min + by, max + by, nullFraction);
    }

    ColumnEstimate withValues(@Nullable ValueSet known) {
        return new ColumnEstimate(distinct, domain, min, max, nullFraction, distribution, known);
    }

    /// Estimates which share of the values of the column with fewer of them the other has, too.
    public double commonShare(ColumnEstimate other) {
        return values == null || other.values == null ? 1 : values.commonShare(other.values);
    }

    /// Fixes the column to few values.
    ColumnEstimate fixed(double count) {
        double known = Math.max(1, count);
        return new ColumnEstimate(
                Math.min(distinct, known), Math.min(domain, known), min, max, nullFraction);
    }

    /// Tells how many distinct values are left when of `rows` rows only `left` are drawn.
    static double surviving(double distinct, double rows, double left) {
        if (left >= rows || distinct <= 1) {
            return Math.min(distinct, Math.max(1, left));
        }
        double drawn = distinct * (1 - Math.pow(1 - left / rows, rows / distinct));
        return Math.max(1, Math.min(left, drawn));
    }
}
