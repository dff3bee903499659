package io.neuralake.planner.lower;

import com.google.common.collect.BoundType;
import com.google.common.collect.Range;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.And;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.Cast;
import io.neuralake.exec.expression.RowExpression.In;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.exec.expression.RowExpression.Or;
import io.neuralake.planner.rel.TypeMapping;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Type;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexUnknownAs;
import org.apache.calcite.util.Sarg;

import java.util.ArrayList;
import java.util.List;

/// Expands Calcite's SEARCH, a test of membership in ranges, into comparisons and IN.
final class SearchExpansion {
    private final RowExpression value;
    private final Type literalType;

    private SearchExpansion(RowExpression value, Type literalType) {
        this.value = value;
        this.literalType = literalType;
    }

    /// Expands a search.
    ///
    /// @param setType the type of the set's values
    static RowExpression expand(RowExpression value, Sarg<?> sarg, RelDataType setType) {
        return new SearchExpansion(value, TypeMapping.toType(setType)).expand(sarg);
    }

    private RowExpression expand(Sarg<?> sarg) {
        RowExpression known = known(sarg);
        boolean isNull = sarg.nullAs == RexUnknownAs.TRUE;
        if (sarg.nullAs == RexUnknownAs.UNKNOWN) {
            return known;
        }
        RowExpression test =
                new Call(isNull ? "is_null" : "is_not_null", List.of(value), ScalarType.BOOLEAN);
        return isNull ? new Or(List.of(test, known)) : new And(List.of(test, known));
    }

    private RowExpression known(Sarg<?> sarg) {
        if (sarg.isComplementedPoints()) {
            return FunctionCalls.not(any(sarg.negate()));
        }
        return any(sarg);
    }

    private RowExpression any(Sarg<?> sarg) {
        List<RowExpression> parts = new ArrayList<>();
        List<Literal> points = new ArrayList<>();
        for (Range<?> range : sarg.rangeSet.asRanges()) {
            if (isPoint(range)) {
                points.add(literal(range.lowerEndpoint()));
            } else {
                parts.add(within(range));
            }
        }
        if (!points.isEmpty()) {
            parts.addFirst(membership(points));
        }
        if (parts.isEmpty()) {
            return FunctionCalls.compare("ne", value, value);
        }
        return parts.size() == 1 ? parts.getFirst() : new Or(parts);
    }

    private static boolean isPoint(Range<?> range) {
        return range.hasLowerBound()
                && range.hasUpperBound()
                && range.lowerEndpoint().equals(range.upperEndpoint());
    }

    private RowExpression membership(List<Literal> points) {
        return membership(value, points);
    }

    /// Tests for one of several constants.
    static RowExpression membership(RowExpression value, List<Literal> points) {
        List<Literal> candidates = new ArrayList<>();
        RowExpression operand = value;
        for (Literal point : points) {
            if (Casts.to(point, value.type()) instanceof Literal converted) {
                candidates.add(converted);
            }
        }
        if (candidates.size() != points.size()) {
            Type common = Casts.common(value.type(), points.getFirst().type());
            operand = Casts.to(value, common);
            candidates.clear();
            for (Literal point : points) {
                if (!(Casts.to(point, common) instanceof Literal converted)) {
                    return anyOf(value, points);
                }
                candidates.add(converted);
            }
        }
        return points.size() == 1
                ? FunctionCalls.compare("eq", operand, candidates.getFirst())
                : new In(operand, candidates);
    }

    private static RowExpression anyOf(RowExpression value, List<Literal> points) {
        List<RowExpression> parts = new ArrayList<>();
        points.forEach(point -> parts.add(FunctionCalls.compare("eq", value, point)));
        return parts.size() == 1 ? parts.getFirst() : new Or(parts);
    }

    private RowExpression within(Range<?> range) {
        List<RowExpression> bounds = new ArrayList<>();
        if (range.hasLowerBound()) {
            String name = range.lowerBoundType() == BoundType.CLOSED ? "ge" : "gt";
            bounds.add(FunctionCalls.compare(name, value, literal(range.lowerEndpoint())));
        }
        if (range.hasUpperBound()) {
            String name = range.upperBoundType() == BoundType.CLOSED ? "le" : "lt";
            bounds.add(FunctionCalls.compare(name, value, literal(range.upperEndpoint())));
        }
        if (bounds.isEmpty()) {
            return FunctionCalls.compare("eq", value, value);
        }
        return bounds.size() == 1 ? bounds.getFirst() : new And(bounds);
    }

    private Literal literal(Object endpoint) {
        Literal literal = new Literal(Literals.java(endpoint, literalType), literalType);
        return Casts.to(literal, value instanceof Cast cast ? cast.type() : value.type())
                        instanceof Literal converted
                ? converted
                : literal;
    }
}
