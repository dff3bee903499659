package io.neuralake.planner.lower;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.exec.expression.RowExpression.Call;
import io.neuralake.exec.expression.RowExpression.Cast;
import io.neuralake.exec.expression.RowExpression.InputRef;
import io.neuralake.exec.expression.RowExpression.Literal;
import io.neuralake.spi.connector.ScanColumn;
import io.neuralake.spi.expression.ColumnPath;
import io.neuralake.spi.expression.ScanPredicate;
import io.neuralake.spi.expression.ScanPredicate.Comparison;
import io.neuralake.spi.expression.ScanPredicate.NullTest;
import io.neuralake.spi.expression.ScanPredicate.Operator;
import io.neuralake.spi.expression.ScanPredicate.Prefix;
import io.neuralake.spi.type.DecimalType;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.Type;

import org.jspecify.annotations.Nullable;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Derives predicates for skipping data from filters. A predicate may let more rows through than the
/// filter, never fewer. Constants get the Java form of the column's own type.
final class ScanPredicates {
    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private final List<ScanColumn> columns;

    ScanPredicates(List<ScanColumn> columns, Schema table) {
        this.columns = List.copyOf(columns);
    }

    /// Translates a filter; empty when nothing can be derived from it.
    Optional<ScanPredicate> of(RowExpression filter) {
        return switch (filter) {
            case RowExpression.And and -> conjunction(and.parts());
            case RowExpression.Or or -> disjunction(or.parts());
            case RowExpression.In in -> membership(in);
            case Call call -> call(call);
            default -> Optional.empty();
        };
    }

    private Optional<ScanPredicate> conjunction(List<RowExpression> parts) {
        List<ScanPredicate> known = new ArrayList<>();
        parts.forEach(part -> of(part).ifPresent(known::add));
        return switch (known.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(known.getFirst());
            default -> Optional.of(new ScanPredicate.And(known));
        };
    }

    private Optional<ScanPredicate> disjunction(List<RowExpression> parts) {
        List<ScanPredicate> all = new ArrayList<>();
        for (RowExpression part : parts) {
            Optional<ScanPredicate> predicate = of(part);
            if (predicate.isEmpty()) {
                return Optional.empty();
            }
            all.add(predicate.get());
        }
        return Optional.of(new ScanPredicate.Or(all));
    }

    /// A column below casts that keep the order and the difference of values.
    private record Column(ColumnPath path, Type type) {}

    private @Nullable Column column(RowExpression expression) {
        if (expression instanceof InputRef reference) {
            ScanColumn column = columns.get(reference.column());
            return new Column(column.path(), column.type());
        }
        if (expression instanceof Cast cast && isExact(cast.value().type(), cast.type())) {
            return column(cast.value());
        }
        return null;
    }

    private static boolean isExact(Type from, Type to) {
        if (from == ScalarType.DATE && to == ScalarType.TIMESTAMP) {
            return true;
        }
        if (Casts.isInteger(from) && Casts.isInteger(to)) {
            return from.physical().width() <= to.physical().width();
        }
        if (Casts.isInteger(from) && to instanceof DecimalType decimal) {
            return decimal.precision() - decimal.scale() >= 19
                    || from != ScalarType.BIGINT && decimal.precision() - decimal.scale() >= 10;
        }
        return from instanceof DecimalType f
                && to instanceof DecimalType t
                && t.scale() >= f.scale()
                && t.precision() - t.scale() >= f.precision() - f.scale();
    }

    private Optional<ScanPredicate> membership(RowExpression.In in) {
        Column column = column(in.value());
        if (column == null) {
            return Optional.empty();
        }
        List<Object> values = new ArrayList<>();
        for (Literal candidate : in.candidates()) {
            if (candidate.value() != null) {
                Object value = Casts.exact(candidate.value(), candidate.type(), column.type);
                if (value != null) {
                    values.add(value);
                } else if (!isRounding(candidate, column.type)) {
                    return Optional.empty();
                }
            }
        }
        return values.isEmpty()
                ? Optional.empty()
                : Optional.of(new ScanPredicate.In(column.path, values));
    }

    /// Tells whether the constant is a number between values of the type, which no value can equal.
    private static boolean isRounding(Literal literal, Type type) {
        return Casts.isExact(literal.type()) && Casts.isExact(type);
    }

    private Optional<ScanPredicate> call(Call call) {
        return switch (call.function()) {
            case "eq" -> comparison(call, Operator.EQUAL);
            case "ne" -> comparison(call, Operator.NOT_EQUAL);
            case "lt" -> comparison(call, Operator.LESS);
            case "le" -> comparison(call, Operator.LESS_OR_EQUAL);
            case "gt" -> comparison(call, Operator.GREATER);
            case "ge" -> comparison(call, Operator.GREATER_OR_EQUAL);
            case "is_null" -> nullTest(call, true);
            case "is_not_null" -> nullTest(call, false);
            case "like" -> prefix(call);
            case "starts_with" -> startsWith(call);
            default -> Optional.empty();
        };
    }

    private Optional<ScanPredicate> nullTest(Call call, boolean isNull) {
        Column column = column(call.arguments().getFirst());
        return column == null ? Optional.empty() : Optional.of(new NullTest(column.path, isNull));
    }

    private Optional<ScanPredicate> comparison(Call call, Operator operator) {
        RowExpression left = call.arguments().get(0);
        RowExpression right = call.arguments().get(1);
        if (right instanceof Literal literal) {
            return comparison(column(left), operator, literal);
        }
        return left instanceof Literal literal
                ? comparison(column(right), mirrored(operator), literal)
                : Optional.empty();
    }

    private static Operator mirrored(Operator operator) {
        return switch (operator) {
            case EQUAL, NOT_EQUAL -> operator;
            case LESS -> Operator.GREATER;
            case LESS_OR_EQUAL -> Operator.GREATER_OR_EQUAL;
            case GREATER -> Operator.LESS;
            case GREATER_OR_EQUAL -> Operator.LESS_OR_EQUAL;
        };
    }

    private static Optional<ScanPredicate> comparison(
            @Nullable Column column, Operator operator, Literal literal) {
        if (column == null || literal.value() == null) {
            return Optional.empty();
        }
        Object exact = Casts.exact(literal.value(), literal.type(), column.type);
        if (exact != null) {
            return Optional.of(new Comparison(column.path, operator, exact));
        }
        return switch (operator) {
            case EQUAL, NOT_EQUAL -> Optional.empty();
            case LESS, LESS_OR_EQUAL ->
                    below(literal, column.type)
                            .map(v -> new Comparison(column.path, Operator.LESS_OR_EQUAL, v));
            case GREATER, GREATER_OR_EQUAL ->
                    below(literal, column.type)
                            .map(v -> new Comparison(column.path, Operator.GREATER, v));
        };
    }

    /// Returns the greatest value of the column's type below a constant that is between two values.
    private static Optional<Object> below(Literal literal, Type type) {
        if (literal.value() instanceof Long micros
                && literal.type() == ScalarType.TIMESTAMP
                && type == ScalarType.DATE) {
            return Optional.of(Math.floorDiv(micros, MICROS_PER_DAY));
        }
        if (literal.value() instanceof BigDecimal number && Casts.isExact(type)) {
            int scale = type instanceof DecimalType decimal ? decimal.scale() : 0;
            BigDecimal floor = number.setScale(scale, RoundingMode.FLOOR);
            Type wide = new DecimalType(DecimalType.MAX_PRECISION, scale);
            return Optional.ofNullable(Casts.exact(floor, wide, type));
        }
        return Optional.empty();
    }

    private Optional<ScanPredicate> prefix(Call call) {
        Column column = column(call.arguments().get(0));
        if (column == null
                || call.arguments().size() != 2
                || !(call.arguments().get(1) instanceof Literal literal)
                || !(literal.value() instanceof String pattern)) {
            return Optional.empty();
        }
        int end = 0;
        while (end < pattern.length()
                && pattern.charAt(end) != '%'
                && pattern.charAt(end) != '_'
                && pattern.charAt(end) != '\\') {
            end++;
        }
        if (end == pattern.length()) {
            return Optional.of(new Comparison(column.path, Operator.EQUAL, pattern));
        }
        return end == 0
                ? Optional.empty()
                : Optional.of(new Prefix(column.path, pattern.substring(0, end)));
    }

    private Optional<ScanPredicate> startsWith(Call call) {
        Column column = column(call.arguments().get(0));
        return column != null
                        && call.arguments().get(1) instanceof Literal literal
                        && literal.value() instanceof String prefix
                        && !prefix.isEmpty()
                ? Optional.of(new Prefix(column.path, prefix))
                : Optional.empty();
    }
}
