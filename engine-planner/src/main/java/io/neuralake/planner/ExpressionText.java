package io.neuralake.planner;

import io.neuralake.exec.expression.RowExpression;
import io.neuralake.spi.type.ScalarType;
import io.neuralake.spi.type.Schema;
import io.neuralake.spi.type.StructType;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Writes row expressions much as SQL does, with the names of the input's columns.
final class ExpressionText {
    private static final Map<String, String> INFIX =
            Map.ofEntries(
                    Map.entry("add", "+"),
                    Map.entry("subtract", "-"),
                    Map.entry("multiply", "*"),
                    Map.entry("divide", "/"),
                    Map.entry("modulus", "%"),
                    Map.entry("eq", "="),
                    Map.entry("ne", "<>"),
                    Map.entry("lt", "<"),
                    Map.entry("le", "<="),
                    Map.entry("gt", ">"),
                    Map.entry("ge", ">="),
                    Map.entry("like", "like"),
                    Map.entry("ilike", "ilike"),
                    Map.entry("similar_to", "similar to"),
                    Map.entry("is_distinct_from", "is distinct from"),
                    Map.entry("is_not_distinct_from", "is not distinct from"));

    private ExpressionText() {}

    static String of(RowExpression expression, Schema input) {
        return switch (expression) {
            case RowExpression.InputRef ref ->
                    ref.column() < input.size()
                            ? input.field(ref.column()).name()
                            : "#" + ref.column();
            case RowExpression.Literal literal -> literal(literal);
            case RowExpression.Parameter parameter -> "$" + (parameter.index() + 1);
            case RowExpression.Call call -> call(call, input);
            case RowExpression.And and -> joined(and.parts(), " and ", input);
            case RowExpression.Or or -> joined(or.parts(), " or ", input);
            case RowExpression.Case choice ->
                    "case "
                            + choice.branches().stream()
                                    .map(
                                            b ->
                                                    "when "
                                                            + of(b.condition(), input)
                                                            + " then "
                                                            + of(b.result(), input))
                                    .collect(Collectors.joining(" "))
                            + " else "
                            + of(choice.otherwise(), input)
                            + " end";
            case RowExpression.Coalesce coalesce ->
                    "coalesce(" + list(coalesce.values(), input) + ")";
            case RowExpression.Cast cast ->
                    (cast.orNull() ? "try_cast(" : "cast(")
                            + of(cast.value(), input)
                            + " as "
                            + cast.type().sql()
                            + ")";
            case RowExpression.In in ->
                    of(in.value(), input)
                            + " in ("
                            + in.candidates().stream()
                                    .limit(10)
                                    .map(ExpressionText::literal)
                                    .collect(Collectors.joining(", "))
                            + (in.candidates().size() > 10 ? ", ..." : "")
                            + ")";
            case RowExpression.Member member ->
                    of(member.struct(), input) + "." + memberName(member);
        };
    }

    private static String memberName(RowExpression.Member member) {
        return member.struct().type() instanceof StructType struct
                        && member.index() < struct.fields().size()
                ? struct.fields().get(member.index()).name()
                : Integer.toString(member.index());
    }

    private static String call(RowExpression.Call call, Schema input) {
        List<RowExpression> arguments = call.arguments();
        String symbol = INFIX.get(call.function());
        if (symbol != null && arguments.size() == 2) {
            return operand(arguments.get(0), input)
                    + " "
                    + symbol
                    + " "
                    + operand(arguments.get(1), input);
        }
        if (call.function().equals("not") && arguments.size() == 1) {
            return "not " + operand(arguments.getFirst(), input);
        }
        if (call.function().startsWith("is_") && arguments.size() == 1) {
            return operand(arguments.getFirst(), input) + " " + call.function().replace('_', ' ');
        }
        return call.function() + "(" + list(arguments, input) + ")";
    }

    private static String operand(RowExpression expression, Schema input) {
        String text = of(expression, input);
        boolean composite =
                expression instanceof RowExpression.And
                        || expression instanceof RowExpression.Or
                        || expression instanceof RowExpression.In
                        || expression instanceof RowExpression.Call c
                                && (INFIX.containsKey(c.function())
                                        || c.function().equals("not")
                                        || c.function().startsWith("is_"));
        return composite ? "(" + text + ")" : text;
    }

    private static String joined(List<RowExpression> parts, String word, Schema input) {
        return parts.stream()
                .map(
                        p ->
                                p instanceof RowExpression.And || p instanceof RowExpression.Or
                                        ? "(" + of(p, input) + ")"
                                        : of(p, input))
                .collect(Collectors.joining(word));
    }

    private static String list(List<RowExpression> expressions, Schema input) {
        return expressions.stream().map(e -> of(e, input)).collect(Collectors.joining(", "));
    }

    private static String literal(RowExpression.Literal literal) {
        Object value = literal.value();
        if (value == null) {
            return "null";
        }
        if (literal.type() instanceof ScalarType scalar && value instanceof Long number) {
            return switch (scalar) {
                case DATE -> "date '" + LocalDate.ofEpochDay(number) + "'";
                case TIME -> "time '" + LocalTime.ofNanoOfDay(number * 1000) + "'";
                case TIMESTAMP, TIMESTAMP_TZ ->
                        "timestamp '"
                                + LocalDateTime.ofEpochSecond(
                                                Math.floorDiv(number, 1_000_000L),
                                                (int) Math.floorMod(number, 1_000_000L) * 1000,
                                                ZoneOffset.UTC)
                                        .toString()
                                        .replace('T', ' ')
                                + "'";
                case INTERVAL_YEAR_MONTH -> "interval '" + number + "' month";
                case INTERVAL_DAY_TIME ->
                        "interval '"
                                + BigDecimal.valueOf(number, 6).stripTrailingZeros().toPlainString()
                                + "' second";
                default -> number.toString();
            };
        }
        return switch (value) {
            case String text -> "'" + text.replace("'", "''") + "'";
            case BigDecimal decimal -> decimal.toPlainString();
            case byte[] bytes -> "x'" + java.util.HexFormat.of().formatHex(bytes) + "'";
            default -> value.toString();
        };
    }
}
