package io.neuralake.connector.parquet.filter;

import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Function;

/// Decides from bounds whether a predicate can hold anywhere in a run of rows.
public final class Pruner {
    private Pruner() {}

    /// Tells whether all predicates may hold at once.
    ///
    /// @param bounds returns what is known of a column, or null
    public static boolean mayMatch(
            List<ScanPredicate> predicates, Function<ColumnPath, @Nullable ValueBounds> bounds) {
        for (ScanPredicate predicate : predicates) {
            if (!mayMatch(predicate, bounds)) {
                return false;
            }
        }
        return true;
    }

    /// Tells whether the predicate may hold.
    public static boolean mayMatch(
            ScanPredicate predicate, Function<ColumnPath, @Nullable ValueBounds> bounds) {
        return switch (predicate) {
            case ScanPredicate.And and -> mayMatch(and.parts(), bounds);
            case ScanPredicate.Or or -> {
                boolean any = false;
                for (ScanPredicate part : or.parts()) {
                    any |= mayMatch(part, bounds);
                }
                yield any;
            }
            case ScanPredicate.Comparison c -> leafMayMatch(c, bounds.apply(c.column()));
            case ScanPredicate.In in -> leafMayMatch(in, bounds.apply(in.column()));
            case ScanPredicate.NullTest n -> leafMayMatch(n, bounds.apply(n.column()));
            case ScanPredicate.Prefix p -> leafMayMatch(p, bounds.apply(p.column()));
        };
    }

    /// Tells whether a predicate on one column may hold within the column's bounds.
    static boolean leafMayMatch(ScanPredicate predicate, @Nullable ValueBounds known) {
        if (known == null) {
            return true;
        }
        return switch (predicate) {
            case ScanPredicate.Comparison c -> known.mayMatch(c.operator(), c.value());
            case ScanPredicate.In in -> {
                boolean any = false;
                for (Object value : in.values()) {
                    any |= known.mayMatch(ScanPredicate.Operator.EQUAL, value);
                    if (any) {
                        break;
                    }
                }
                yield any;
            }
            case ScanPredicate.NullTest n -> known.mayBeNull(n.isNull());
            case ScanPredicate.Prefix p -> known.mayBegin(p.prefix());
            case ScanPredicate.And _, ScanPredicate.Or _ -> true;
        };
    }

    /// Returns the column of a predicate on one column; null for combinations.
    static @Nullable ColumnPath column(ScanPredicate predicate) {
        return switch (predicate) {
            case ScanPredicate.Comparison c -> c.column();
            case ScanPredicate.In in -> in.column();
            case ScanPredicate.NullTest n -> n.column();
            case ScanPredicate.Prefix p -> p.column();
            case ScanPredicate.And _, ScanPredicate.Or _ -> null;
        };
    }
}
