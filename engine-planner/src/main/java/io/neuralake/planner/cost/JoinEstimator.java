package io.neuralake.planner.cost;

import io.neuralake.exec.plan.PhysicalPlan.JoinType;
import io.neuralake.planner.cost.RelationEstimate.Key;
import io.neuralake.planner.cost.RelationEstimate.Source;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;

import java.util.ArrayList;
import java.util.List;

/// Estimates joins of two relations. Each value of the side with fewer distinct values is taken to
/// be among those of the other.
public final class JoinEstimator {
    private final SelectivityEstimator selectivity;

    /// Uses the estimator for conditions other than equalities.
    public JoinEstimator(SelectivityEstimator selectivity) {
        this.selectivity = selectivity;
    }

    /// An equality of a left and a right column, each counted in its own relation.
    private record Equality(int left, int right) {}

    private record Condition(List<Equality> equalities, double residual) {}

    /// Estimates a join. Columns of the result are left then right ones, or as the type has them.
    public RelationEstimate join(
            RelationEstimate left, RelationEstimate right, RexNode condition, JoinType type) {
        Condition parts = split(left, right, condition);
        double share = equalShare(left, right, parts.equalities);
        double inner = Math.max(1, left.rows() * right.rows() * share * parts.residual);
        return switch (type) {
            case SEMI, BUILD_SEMI -> filtering(left, right, parts, inner, false);
            case ANTI, ANTI_NULL_AWARE, BUILD_ANTI -> filtering(left, right, parts, inner, true);
            case MARK, MARK_NULL_AWARE -> marked(left);
            case SINGLE -> combined(left, right, parts, left.rows());
            case INNER -> combined(left, right, parts, inner);
            case LEFT -> left(left, right, parts, inner);
            case RIGHT -> combined(left, right, parts, Math.max(right.rows(), inner));
            case FULL -> combined(left, right, parts, Math.max(left.rows() + right.rows(), inner));
        };
    }

    private Condition split(RelationEstimate left, RelationEstimate right, RexNode condition) {
        List<Equality> equalities = new ArrayList<>();
        double residual = 1;
        for (RexNode conjunct : RelOptUtil.conjunctions(condition)) {
            Equality equality = equality(conjunct, left.columns().size());
            if (equality != null) {
                equalities.add(equality);
            } else {
                List<ColumnEstimate> both = new ArrayList<>(left.columns());
                both.addAll(right.columns());
                residual *=
                        selectivity.selectivity(
                                new RelationEstimate(left.rows() * right.rows(), both, List.of()),
                                conjunct);
            }
        }
        return new Condition(equalities, residual);
    }

    private static @org.jspecify.annotations.Nullable Equality equality(
            RexNode conjunct, int leftWidth) {
        if (conjunct.getKind() != SqlKind.EQUALS
                && conjunct.getKind() != SqlKind.IS_NOT_DISTINCT_FROM) {
            return null;
        }
        int a = Operands.column(((RexCall) conjunct).getOperands().get(0));
        int b = Operands.column(((RexCall) conjunct).getOperands().get(1));
        int low = Math.min(a, b);
        int high = Math.max(a, b);
        return low >= 0 && low < leftWidth && high >= leftWidth
                ? new Equality(low, high - leftWidth)
                : null;
    }

    private static double equalShare(
            RelationEstimate left, RelationEstimate right, List<Equality> equalities) {
        double product = 1;
        double nulls = 1;
        double leftValues = 1;
        double rightValues = 1;
        for (Equality equality : equalities) {
            ColumnEstimate l = left.column(equality.left);
            ColumnEstimate r = right.column(equality.right);
            product *= Math.max(1, domain(l, r));
            nulls *= (1 - l.nullFraction()) * (1 - r.nullFraction());
            leftValues *= l.domain();
            rightValues *= r.domain();
        }
        if (equalities.size() > 1) {
            product = combinedDomain(left, right, equalities, product, leftValues, rightValues);
        }
        return nulls / Math.max(1, product);
    }

    private static double domain(ColumnEstimate left, ColumnEstimate right) {
        double values =
                Math.max(
                        left.domainWithin(right.min(), right.max()),
                        right.domainWithin(left.min(), left.max()));
        return values / left.commonShare(right);
    }

    /// Several columns together have no more values than the relation has rows whose key they are.
    private static double combinedDomain(
            RelationEstimate left,
            RelationEstimate right,
            List<Equality> equalities,
            double product,
            double leftValues,
            double rightValues) {
        double single = 1;
        double leftExcess = 1;
        double rightExcess = 1;
        ImmutableBitSet.Builder leftColumns = ImmutableBitSet.builder();
        ImmutableBitSet.Builder rightColumns = ImmutableBitSet.builder();
        for (Equality equality : equalities) {
            double l = left.column(equality.left).domain();
            double r = right.column(equality.right).domain();
            single = Math.max(single, Math.max(l, r));
            leftExcess = Math.max(leftExcess, l / r);
            rightExcess = Math.max(rightExcess, r / l);
            leftColumns.set(equality.left);
            rightColumns.set(equality.right);
        }
        boolean isLeftUnique = left.isUnique(leftColumns.build());
        boolean isRightUnique = right.isUnique(rightColumns.build());
        double limit =
                CompositeKey.of(leftValues, left, isLeftUnique, leftExcess)
                        .joined(CompositeKey.of(rightValues, right, isRightUnique, rightExcess));
        return Math.min(product, Math.max(single, limit));
    }

    private static RelationEstimate filtering(
            RelationEstimate left,
            RelationEstimate right,
            Condition parts,
            double inner,
            boolean anti) {
        double matched = matched(left, right, parts, inner);
        if (anti) {
            double most = combinations(left, right, parts.equalities);
            return left.scaled(Math.max(1 - Math.min(matched, most), 0.02), left.columns());
        }
        List<ColumnEstimate> columns = new ArrayList<>(left.columns());
        RelationEstimate kept = left.scaled(matched, columns);
        columns = new ArrayList<>(kept.columns());
        for (Equality equality : parts.equalities) {
            ColumnEstimate column = columns.get(equality.left);
            double most = right.column(equality.right).distinct();
            columns.set(equality.left, column.withDistinct(Math.min(column.distinct(), most)));
        }
        return new RelationEstimate(
                kept.rows(), kept.population(), columns, kept.keys(), kept.sources());
    }

    /// Keeps left rows without match, with nulls for the right side.
    private static RelationEstimate left(
            RelationEstimate left, RelationEstimate right, Condition parts, double inner) {
        double rows = Math.max(left.rows(), inner);
        double unmatched = (1 - matched(left, right, parts, inner)) * left.rows() / rows;
        RelationEstimate joined = combined(left, right, parts, rows);
        List<ColumnEstimate> columns = new ArrayList<>(joined.columns());
        for (int i = left.columns().size(); i < columns.size(); i++) {
            double nulls = columns.get(i).nullFraction();
            columns.set(i, columns.get(i).withNullFraction(nulls + (1 - nulls) * unmatched));
        }
        return joined.withColumns(columns);
    }

    /// Estimates the share of left rows that have a match, of which there are no more than matches.
    private static double matched(
            RelationEstimate left, RelationEstimate right, Condition parts, double inner) {
        double share = parts.equalities.isEmpty() && parts.residual < 1 ? 0.5 : 1;
        if (parts.residual == 1) {
            share = Math.min(share, inner / left.rows());
        }
        for (Equality equality : parts.equalities) {
            double domain = domain(left.column(equality.left), right.column(equality.right));
            share = Math.min(share, right.column(equality.right).distinct() / Math.max(1, domain));
        }
        if (parts.residual < 1) {
            double matches = inner / left.rows();
            share *=
                    Math.min(
                            1,
                            matches < 1
                                    ? matches * 2
                                    : 1
                                            - Math.pow(
                                                    1 - parts.residual,
                                                    Math.max(1, matches / parts.residual)));
        }
        return Math.max(1e-6, Math.min(1, share));
    }

    /// Returns which share of the left side's combinations of values the right side can have at most.
    private static double combinations(
            RelationEstimate left, RelationEstimate right, List<Equality> equalities) {
        if (equalities.size() < 2) {
            return 1;
        }
        double leftValues = 1;
        double rightValues = 1;
        for (Equality equality : equalities) {
            leftValues *= left.column(equality.left).distinct();
            rightValues *= right.column(equality.right).distinct();
        }
        return Math.min(rightValues, right.rows())
                / Math.max(1, Math.min(leftValues, left.population()));
    }

    private static RelationEstimate marked(RelationEstimate left) {
        List<ColumnEstimate> columns = new ArrayList<>(left.columns());
        columns.add(ColumnEstimate.ofDistinct(2));
        return new RelationEstimate(left.rows(), left.rows(), columns, left.keys(), left.sources());
    }

    private static RelationEstimate combined(
            RelationEstimate left, RelationEstimate right, Condition parts, double rows) {
        List<ColumnEstimate> columns = new ArrayList<>();
        left.columns().forEach(c -> columns.add(shrunk(c, left.rows(), rows)));
        right.columns().forEach(c -> columns.add(shrunk(c, right.rows(), rows)));
        int width = left.columns().size();
        ImmutableBitSet.Builder leftKey = ImmutableBitSet.builder();
        ImmutableBitSet.Builder rightKey = ImmutableBitSet.builder();
        for (Equality equality : parts.equalities) {
            ColumnEstimate l = columns.get(equality.left);
            ColumnEstimate r = columns.get(width + equality.right);
            double common = Math.min(l.distinct(), r.distinct());
            columns.set(equality.left, l.withDistinct(common));
            columns.set(width + equality.right, r.withDistinct(common));
            leftKey.set(equality.left);
            rightKey.set(equality.right);
        }
        ImmutableBitSet leftColumns = leftKey.build();
        ImmutableBitSet rightColumns = rightKey.build();
        List<Key> keys = new ArrayList<>();
        ImmutableBitSet fromLeft = ImmutableBitSet.of();
        ImmutableBitSet fromRight = ImmutableBitSet.of();
        if (right.isUnique(rightColumns)) {
            keys.addAll(left.keys());
            fromLeft = ImmutableBitSet.range(width, columns.size());
        }
        if (left.isUnique(leftColumns)) {
            right.keys().forEach(k -> keys.add(new Key(k.columns().shift(width), k.rows())));
            fromRight = ImmutableBitSet.range(width);
        }
        List<Source> sources = new ArrayList<>();
        for (Source source : left.sources()) {
            boolean known = source.columns().contains(leftColumns);
            sources.add(wider(source, known ? fromLeft : ImmutableBitSet.of(), left, rows));
        }
        for (Source source : right.sources()) {
            boolean known = source.columns().contains(rightColumns);
            Source moved = new Source(source.columns().shift(width), source.rows());
            sources.add(wider(moved, known ? fromRight : ImmutableBitSet.of(), right, rows));
        }
        return new RelationEstimate(rows, rows, columns, keys, sources);
    }

    /// Adds to a source what the other side of a join has for each of its rows.
    private static Source wider(
            Source source, ImmutableBitSet determined, RelationEstimate side, double rows) {
        return new Source(source.columns().union(determined), source.rows())
                .shrunk(side.rows(), rows);
    }

    private static ColumnEstimate shrunk(ColumnEstimate column, double before, double after) {
        return column.withDistinct(ColumnEstimate.surviving(column.distinct(), before, after));
    }
}
