package io.neuralake.planner.cost;

import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexUtil;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.util.ImmutableBitSet;
import org.apache.calcite.util.Sarg;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Estimates which share of rows a condition keeps. Values are taken as evenly spread between the
/// smallest and the greatest, and columns as independent, but ranges on one column are combined.
public final class SelectivityEstimator {
    private static final double UNKNOWN = 0.25;
    private static final double UNKNOWN_RANGE = 0.33;

    /// How the names of functions begin that take a field out of a date.
    private static final String EXTRACT = "extract_";

    /// Estimates a filter's result.
    public RelationEstimate filter(RelationEstimate input, List<RexNode> conjuncts) {
        List<ColumnEstimate> columns = new ArrayList<>(input.columns());
        Map<Integer, double[]> ranges = new HashMap<>();
        double selectivity = 1;
        for (RexNode conjunct : conjuncts) {
            if (!narrowRange(input, conjunct, ranges)) {
                // Conditions on one column are not independent of those before.
                selectivity *= selectivity(input.withColumns(columns), conjunct);
                fix(columns, conjunct);
            }
        }
        for (Map.Entry<Integer, double[]> range : ranges.entrySet()) {
            ColumnEstimate column = input.column(range.getKey());
            double low = range.getValue()[0];
            double high = range.getValue()[1];
            double share = share(column, low, high);
            selectivity *= share * (1 - column.nullFraction());
            columns.set(range.getKey(), column.narrowed(low, high, share).withNullFraction(0));
        }
        return input.scaled(selectivity, columns);
    }

    private static double share(ColumnEstimate column, double low, double high) {
        Distribution distribution = column.distribution();
        if (distribution != null) {
            return Math.max(0.5 / Math.max(column.distinct(), 1), distribution.between(low, high));
        }
        double width = Math.max(column.max() - column.min(), 1e-9);
        return Math.max(0.5 / Math.max(column.distinct(), 1), Math.min(1, (high - low) / width));
    }

    /// Notes a comparison with a constant as a bound of its column; false for other conditions.
    private static boolean narrowRange(
            RelationEstimate input, RexNode conjunct, Map<Integer, double[]> ranges) {
        Bound bound = Bound.of(conjunct);
        if (bound == null || !input.column(bound.column).isOrdered()) {
            return false;
        }
        ColumnEstimate column = input.column(bound.column);
        double[] range =
                ranges.computeIfAbsent(
                        bound.column, c -> new double[] {column.lowest(), column.highest()});
        if (bound.isLower) {
            range[0] = Math.max(range[0], bound.value);
        } else {
            range[1] = Math.min(range[1], bound.value);
        }
        return true;
    }

    /// A bound of a column by a constant.
    private record Bound(int column, boolean isLower, double value) {
        static @org.jspecify.annotations.Nullable Bound of(RexNode condition) {
            if (!(condition instanceof RexCall call) || !isRange(condition.getKind())) {
                return null;
            }
            RexNode left = call.getOperands().get(0);
            RexNode right = call.getOperands().get(1);
            boolean flipped = Operands.column(left) < 0;
            int column = Operands.column(flipped ? right : left);
            double value = Operands.number(flipped ? left : right);
            if (column < 0 || Double.isNaN(value)) {
                return null;
            }
            boolean greater =
                    condition.getKind() == SqlKind.GREATER_THAN
                            || condition.getKind() == SqlKind.GREATER_THAN_OR_EQUAL;
            return new Bound(column, greater != flipped, value);
        }

        private static boolean isRange(SqlKind kind) {
            return switch (kind) {
                case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> true;
                default -> false;
            };
        }
    }

    private static void fix(List<ColumnEstimate> columns, RexNode conjunct) {
        if (conjunct.getKind() == SqlKind.OR) {
            fixOneOf(columns, (RexCall) conjunct);
            return;
        }
        if (!(conjunct instanceof RexCall call) || call.getOperands().size() != 2) {
            return;
        }
        int column = Operands.column(call.getOperands().get(0));
        RexNode other = call.getOperands().get(1);
        if (column < 0) {
            column = Operands.column(other);
            other = call.getOperands().get(0);
        }
        if (column < 0) {
            return;
        }
        ColumnEstimate known = columns.get(column);
        if (conjunct.getKind() == SqlKind.EQUALS && RexUtil.isConstant(other)) {
            columns.set(column, known.fixed(1).withNullFraction(0));
        } else if (conjunct.getKind() == SqlKind.SEARCH) {
            columns.set(column, searched(known, sarg(other)));
        }
    }

    /// Fixes the columns that every part of a disjunction compares with constants.
    private static void fixOneOf(List<ColumnEstimate> columns, RexCall disjunction) {
        for (int column : RelOptUtil.InputFinder.bits(disjunction)) {
            double points = 0;
            for (RexNode part : RelOptUtil.disjunctions(disjunction)) {
                double own = Double.POSITIVE_INFINITY;
                for (RexNode conjunct : RelOptUtil.conjunctions(part)) {
                    own = Math.min(own, points(conjunct, column));
                }
                points += own;
            }
            if (points < columns.get(column).distinct()) {
                columns.set(column, columns.get(column).fixed(points));
            }
        }
    }

    /// Returns how many constants a condition compares a column with; infinitely many for another
    /// condition.
    private static double points(RexNode condition, int column) {
        if (condition.getKind() == SqlKind.EQUALS) {
            RexNode left = ((RexCall) condition).getOperands().get(0);
            RexNode right = ((RexCall) condition).getOperands().get(1);
            boolean isPoint =
                    Operands.column(left) == column && RexUtil.isConstant(right)
                            || Operands.column(right) == column && RexUtil.isConstant(left);
            return isPoint ? 1 : Double.POSITIVE_INFINITY;
        }
        if (condition.getKind() == SqlKind.SEARCH) {
            RexNode operand = ((RexCall) condition).getOperands().get(0);
            Sarg<?> sarg = sarg(((RexCall) condition).getOperands().get(1));
            return Operands.column(operand) == column && sarg.isPoints()
                    ? sarg.pointCount
                    : Double.POSITIVE_INFINITY;
        }
        return Double.POSITIVE_INFINITY;
    }

    private static ColumnEstimate searched(ColumnEstimate column, Sarg<?> sarg) {
        if (sarg.isPoints()) {
            return column.fixed(sarg.pointCount);
        }
        if (column.hasRange() && sarg.rangeSet.asRanges().size() == 1) {
            var range = sarg.rangeSet.asRanges().iterator().next();
            double low = range.hasLowerBound() ? endpoint(range.lowerEndpoint()) : column.min();
            double high = range.hasUpperBound() ? endpoint(range.upperEndpoint()) : column.max();
            if (!Double.isNaN(low) && !Double.isNaN(high)) {
                low = Math.max(low, column.min());
                high = Math.min(high, column.max());
                return column.narrowed(low, high, share(column, low, high));
            }
        }
        return column;
    }

    private static double endpoint(Object value) {
        return Operands.number(value);
    }

    private static Sarg<?> sarg(RexNode literal) {
        Sarg<?> sarg = ((RexLiteral) literal).getValueAs(Sarg.class);
        if (sarg == null) {
            throw new IllegalStateException("SEARCH without set: " + literal);
        }
        return sarg;
    }

    /// Estimates the share of rows for which the condition is true.
    public double selectivity(RelationEstimate input, RexNode condition) {
        if (condition.isAlwaysTrue()) {
            return 1;
        }
        if (condition.isAlwaysFalse()) {
            return 0;
        }
        if (!(condition instanceof RexCall call)) {
            return 0.5;
        }
        return switch (condition.getKind()) {
            case AND -> conjunction(input, call);
            case OR -> disjunction(input, call);
            case NOT -> 1 - selectivity(input, call.getOperands().getFirst());
            case IS_TRUE, IS_NOT_FALSE -> selectivity(input, call.getOperands().getFirst());
            case IS_FALSE, IS_NOT_TRUE -> 1 - selectivity(input, call.getOperands().getFirst());
            case IS_NULL -> Math.max(nullFraction(input, call), 1e-4);
            case IS_NOT_NULL -> 1 - nullFraction(input, call);
            case EQUALS, IS_NOT_DISTINCT_FROM -> equality(input, call);
            case NOT_EQUALS, IS_DISTINCT_FROM -> 1 - Math.min(0.5, equality(input, call));
            case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL ->
                    range(input, call);
            case SEARCH -> search(input, call);
            case LIKE -> like(input, call);
            default -> UNKNOWN;
        };
    }

    private double conjunction(RelationEstimate input, RexCall call) {
        RelationEstimate filtered = filter(input, RelOptUtil.conjunctions(call));
        return Math.min(1, filtered.rows() / input.rows());
    }

    private double disjunction(RelationEstimate input, RexCall call) {
        double none = 1;
        for (RexNode part : call.getOperands()) {
            none *= 1 - selectivity(input, part);
        }
        return 1 - none;
    }

    private static double nullFraction(RelationEstimate input, RexCall call) {
        int column = Operands.column(call.getOperands().getFirst());
        return column < 0 ? 0.01 : input.column(column).nullFraction();
    }

    private double equality(RelationEstimate input, RexCall call) {
        RexNode left = call.getOperands().get(0);
        RexNode right = call.getOperands().get(1);
        int a = Operands.column(left);
        int b = Operands.column(right);
        if (a >= 0 && b >= 0) {
            return 1 / Math.max(input.column(a).distinct(), input.column(b).distinct());
        }
        int column = a >= 0 ? a : b;
        if (column < 0) {
            double values = Math.max(value(input, left).distinct(), value(input, right).distinct());
            return 1 / Math.max(values, 4);
        }
        ColumnEstimate known = input.column(column);
        return (1 - known.nullFraction()) / known.distinct();
    }

    private static double range(RelationEstimate input, RexCall call) {
        Bound bound = Bound.of(call);
        if (bound == null || !input.column(bound.column).isOrdered()) {
            boolean twoColumns =
                    Operands.column(call.getOperands().get(0)) >= 0
                            && Operands.column(call.getOperands().get(1)) >= 0;
            return twoColumns ? 0.5 : UNKNOWN_RANGE;
        }
        ColumnEstimate column = input.column(bound.column);
        return bound.isLower
                ? share(column, bound.value, column.highest())
                : share(column, column.lowest(), bound.value);
    }

    private double search(RelationEstimate input, RexCall call) {
        RexNode operand = call.getOperands().get(0);
        ColumnEstimate column = value(input, operand);
        Sarg<?> sarg = sarg(call.getOperands().get(1));
        if (sarg.isPoints()) {
            return Math.min(1, sarg.pointCount / column.distinct());
        }
        if (sarg.isComplementedPoints()) {
            return Math.max(0.05, 1 - sarg.pointCount / Math.max(column.distinct(), 2));
        }
        if (!column.hasRange()) {
            return UNKNOWN_RANGE;
        }
        double total = 0;
        for (var range : sarg.rangeSet.asRanges()) {
            double low = range.hasLowerBound() ? endpoint(range.lowerEndpoint()) : column.min();
            double high = range.hasUpperBound() ? endpoint(range.upperEndpoint()) : column.max();
            if (Double.isNaN(low) || Double.isNaN(high)) {
                return UNKNOWN_RANGE;
            }
            low = Math.max(low, column.min());
            high = Math.min(high, column.max());
            if (high >= low) {
                total += Math.max(share(column, low, high), 1 / column.distinct());
            }
        }
        return Math.min(1, Math.max(total, 0.5 / column.distinct()));
    }

    /// Takes patterns as keeping a few percent, fewer where the beginning is given.
    private double like(RelationEstimate input, RexCall call) {
        double distinct = value(input, call.getOperands().get(0)).distinct();
        String pattern = Operands.text(call.getOperands().get(1));
        if (pattern == null) {
            return 0.1;
        }
        if (pattern.indexOf('%') < 0 && pattern.indexOf('_') < 0) {
            return 1 / distinct;
        }
        double share = 0.04;
        if (pattern.startsWith("%")) {
            share = pattern.endsWith("%") ? 0.06 : 0.15;
        }
        return Math.max(share, 1 / distinct);
    }

    /// Estimates an expression's values.
    public ColumnEstimate value(RelationEstimate input, RexNode expression) {
        if (expression instanceof RexInputRef reference) {
            return input.column(reference.getIndex());
        }
        if (expression instanceof RexLiteral) {
            return ColumnEstimate.ofDistinct(1);
        }
        if (!(expression instanceof RexCall call)) {
            return ColumnEstimate.ofDistinct(input.rows());
        }
        if (call.getKind() == SqlKind.CAST) {
            ColumnEstimate value = value(input, call.getOperands().getFirst());
            return isSameUnit(call) ? value : ColumnEstimate.ofDistinct(value.distinct());
        }
        if (call.getKind() == SqlKind.EXTRACT) {
            return extract(
                    value(input, call.getOperands().get(1)), call.getOperands().get(0).toString());
        }
        String name = call.getOperator().getName().toLowerCase(Locale.ROOT);
        if (name.startsWith(EXTRACT) && call.getOperands().size() == 1) {
            return extract(
                    value(input, call.getOperands().get(0)), name.substring(EXTRACT.length()));
        }
        if (call.getKind() == SqlKind.PLUS || call.getKind() == SqlKind.MINUS) {
            ColumnEstimate moved = moved(input, call);
            if (moved != null) {
                return moved;
            }
        }
        double product = 1;
        for (int column : ImmutableBitSet.of(RelOptUtil.InputFinder.bits(call))) {
            product *= input.column(column).distinct();
        }
        if (name.startsWith("substr")) {
            product = Math.min(product, 100);
        }
        return ColumnEstimate.ofDistinct(Math.min(product, input.rows()));
    }

    /// Estimates a column plus or minus a number; null for another sum.
    private @org.jspecify.annotations.Nullable ColumnEstimate moved(
            RelationEstimate input, RexCall sum) {
        RexNode left = sum.getOperands().get(0);
        RexNode right = sum.getOperands().get(1);
        double added = Operands.number(right);
        if (Operands.column(left) >= 0 && !Double.isNaN(added)) {
            return value(input, left).shifted(sum.getKind() == SqlKind.PLUS ? added : -added);
        }
        double first = Operands.number(left);
        return sum.getKind() == SqlKind.PLUS && Operands.column(right) >= 0 && !Double.isNaN(first)
                ? value(input, right).shifted(first)
                : null;
    }

    private static boolean isSameUnit(RexCall cast) {
        return cast.getType().getSqlTypeName().getFamily()
                == cast.getOperands().getFirst().getType().getSqlTypeName().getFamily();
    }

    private static ColumnEstimate extract(ColumnEstimate source, String field) {
        double values =
                switch (field.toLowerCase(Locale.ROOT)) {
                    case "year", "isoyear" -> years(source);
                    case "month" -> 12;
                    case "quarter" -> 4;
                    case "week" -> 53;
                    case "day" -> 31;
                    case "dow", "isodow" -> 7;
                    case "hour" -> 24;
                    case "minute", "second" -> 60;
                    default -> source.distinct();
                };
        return ColumnEstimate.ofDistinct(Math.min(values, source.distinct()));
    }

    /// Counts the years that a range of dates touches.
    private static double years(ColumnEstimate dates) {
        return dates.hasRange() ? Math.ceil((dates.max() - dates.min() + 1) / 366) : 12;
    }
}
