package io.neuralake.conformance.random;

import java.util.ArrayList;
import java.util.List;

/// Makes scalar expressions that both engines define equally. Left out is what they define
/// differently: quotients of integers, division by zero (an error here, NULL there), overflow
/// (BIGINT here, HUGEINT there), doubles as text.
final class ExpressionGenerator {
    private final RandomSource random;
    private final PredicateGenerator predicates;

    ExpressionGenerator(RandomSource random, Subqueries subqueries) {
        this.random = random;
        this.predicates = new PredicateGenerator(random, this, subqueries);
    }

    /// Sub-queries for expressions.
    interface Subqueries {
        /// Makes a sub-query of one column and one row at most.
        Sql scalar(Kind kind, Scope outer);

        /// Makes a sub-query of one column.
        Sql column(Kind kind, Scope outer);

        /// Makes a sub-query of any columns.
        Sql any(Scope outer);
    }

    Sql predicate(Scope scope, int depth) {
        return predicates.predicate(scope, depth);
    }

    /// Makes an expression of a type.
    Sql expression(Kind kind, Scope scope, int depth) {
        if (depth <= 0 || random.percent(25)) {
            return leaf(kind, scope);
        }
        Sql made =
                random.percent(20) ? conditional(kind, scope, depth - 1) : own(kind, scope, depth);
        return made.or(leaf(kind, scope), literal(kind));
    }

    /// Makes a column or a literal.
    Sql leaf(Kind kind, Scope scope) {
        List<Column> columns = scope.of(kind);
        return columns.isEmpty() || random.percent(15)
                ? literal(kind)
                : Sql.of(random.one(columns).sql()).or(literal(kind));
    }

    Sql literal(Kind kind) {
        return Sql.of(
                random.percent(8)
                        ? "CAST(NULL AS " + kind.sql() + ")"
                        : RandomValues.literal(kind, random));
    }

    private Sql conditional(Kind kind, Scope scope, int depth) {
        Sql first = expression(kind, scope, depth);
        Sql second = expression(kind, scope, depth);
        Sql made =
                switch (random.below(7)) {
                    case 0 ->
                            Sql.of(
                                    "CASE WHEN ",
                                    predicate(scope, depth),
                                    " THEN ",
                                    first,
                                    " ELSE ",
                                    second,
                                    " END");
                    case 1 ->
                            Sql.of(
                                    "CASE WHEN ",
                                    predicate(scope, depth),
                                    " THEN ",
                                    first,
                                    " WHEN ",
                                    predicate(scope, depth),
                                    " THEN ",
                                    second,
                                    " END");
                    case 2 ->
                            Sql.of(
                                    "CASE ",
                                    leaf(Kind.INTEGER, scope),
                                    " WHEN 1 THEN ",
                                    first,
                                    " WHEN 2 THEN ",
                                    second,
                                    " ELSE ",
                                    leaf(kind, scope),
                                    " END");
                    case 3 -> Sql.of("coalesce(", first, ", ", second, ")");
                    case 4 -> Sql.of("nullif(", first, ", ", second, ")");
                    case 5 -> Sql.of("greatest(", first, ", ", second, ")");
                    default -> Sql.of("least(", first, ", ", second, ")");
                };
        return made.or(first, second);
    }

    private Sql own(Kind kind, Scope scope, int depth) {
        return switch (kind) {
            case BOOLEAN -> predicate(scope, depth);
            case INTEGER -> integer(scope, depth - 1);
            case BIGINT -> bigint(scope, depth - 1);
            case DECIMAL -> decimal(scope, depth - 1);
            case DOUBLE -> doubleNumber(scope, depth - 1);
            case VARCHAR -> text(scope, depth - 1);
            case DATE -> date(scope, depth - 1);
            case TIMESTAMP -> timestamp(scope, depth - 1);
        };
    }

    private Sql sum(Kind kind, Scope scope, int depth) {
        Sql left = expression(kind, scope, depth);
        Sql right = expression(kind, scope, depth);
        return Sql.of("(", left, random.one(" + ", " - "), right, ")").or(left, right);
    }

    private Sql integer(Scope scope, int depth) {
        Sql child = leaf(Kind.INTEGER, scope);
        return switch (random.below(9)) {
            case 0, 1 -> sum(Kind.INTEGER, scope, depth);
            case 2 -> Sql.of("(", child, " * ", random.between(-3, 3), ")").or(child);
            case 3 -> Sql.of("(", child, " % ", random.between(1, 7), ")").or(child);
            case 4 -> Sql.of("abs(", child, ")").or(child);
            case 5 -> Sql.of("(- ", child, ")").or(child);
            case 6 ->
                    Sql.of("CAST(length(", expression(Kind.VARCHAR, scope, depth), ") AS INTEGER)");
            case 7 -> Sql.of("CAST(", predicate(scope, depth), " AS INTEGER)");
            default -> scalarOr(Kind.INTEGER, scope, depth);
        };
    }

    private Sql bigint(Scope scope, int depth) {
        Sql child = expression(Kind.BIGINT, scope, depth);
        return switch (random.below(8)) {
            case 0, 1 -> sum(Kind.BIGINT, scope, depth);
            case 2 -> Sql.of("(", leaf(Kind.BIGINT, scope), " * ", leaf(Kind.INTEGER, scope), ")");
            case 3 -> Sql.of("(", child, " % ", random.between(1, 7), ")").or(child);
            case 4 -> Sql.of("CAST(", expression(Kind.INTEGER, scope, depth), " AS BIGINT)");
            case 5 -> {
                Kind of = random.one(Kind.DATE, Kind.TIMESTAMP);
                String field = random.one("year", "month", "day", "quarter", "doy", "dow");
                yield Sql.of("extract(", field, " FROM ", expression(of, scope, depth), ")");
            }
            case 6 ->
                    Sql.of(
                            "date_diff('day', ",
                            expression(Kind.DATE, scope, depth),
                            ", ",
                            expression(Kind.DATE, scope, depth),
                            ")");
            default -> scalarOr(Kind.BIGINT, scope, depth);
        };
    }

    private Sql decimal(Scope scope, int depth) {
        Sql child = expression(Kind.DECIMAL, scope, depth);
        return switch (random.below(7)) {
            case 0, 1 -> sum(Kind.DECIMAL, scope, depth);
            case 2 -> Sql.of("(", leaf(Kind.DECIMAL, scope), " * ", random.between(-3, 3), ")");
            case 3 -> Sql.of("abs(", child, ")").or(child);
            case 4 -> Sql.of("round(", child, ", 1)").or(child);
            case 5 ->
                    Sql.of("CAST(", expression(Kind.INTEGER, scope, depth), " AS DECIMAL(10, 2))");
            default -> scalarOr(Kind.DECIMAL, scope, depth);
        };
    }

    private Sql doubleNumber(Scope scope, int depth) {
        Sql child = expression(Kind.DOUBLE, scope, depth);
        return switch (random.below(8)) {
            case 0, 1 -> sum(Kind.DOUBLE, scope, depth);
            case 2 -> Sql.of("(", child, " * 0.5e0)").or(child);
            case 3 -> Sql.of(random.one("abs(", "floor(", "ceil(", "(- "), child, ")").or(child);
            case 4 -> Sql.of("CAST(", expression(Kind.INTEGER, scope, depth), " AS DOUBLE)");
            case 5 -> Sql.of("CAST(", expression(Kind.DECIMAL, scope, depth), " AS DOUBLE)");
            case 6 -> Sql.of("(", child, " / 4)").or(child);
            default -> scalarOr(Kind.DOUBLE, scope, depth);
        };
    }

    private Sql text(Scope scope, int depth) {
        Sql child = expression(Kind.VARCHAR, scope, depth);
        return switch (random.below(13)) {
            case 0 -> Sql.of("(", child, " || ", leaf(Kind.VARCHAR, scope), ")").or(child);
            case 1 -> Sql.of(random.one("upper(", "lower(", "trim(", "reverse("), child, ")");
            case 2 ->
                    Sql.of(
                                    "substring(",
                                    child,
                                    ", " + random.between(1, 4) + ", " + random.between(0, 5) + ")")
                            .or(child);
            case 3 -> Sql.of("replace(", child, ", 'a', '", random.one("", "xy", "日"), "')");
            case 4 -> Sql.of(random.one("left(", "right("), child, ", " + random.below(5) + ")");
            case 5 -> Sql.of("CAST(", expression(Kind.INTEGER, scope, depth), " AS VARCHAR)");
            case 6 -> Sql.of("CAST(", expression(Kind.DATE, scope, depth), " AS VARCHAR)");
            case 7 -> Sql.of("CAST(", predicate(scope, depth), " AS VARCHAR)");
            case 8 -> Sql.of("concat(", child, ", ", leaf(Kind.VARCHAR, scope), ", '-')").or(child);
            case 9 ->
                    Sql.of(random.one("lpad(", "rpad("), child, ", " + random.below(16) + ", '*')");
            case 10 -> Sql.of("repeat(", child, ", " + random.below(4) + ")").or(child);
            case 11 -> Sql.of("CAST(", leaf(Kind.DECIMAL, scope), " AS VARCHAR)");
            default -> scalarOr(Kind.VARCHAR, scope, depth);
        };
    }

    private Sql date(Scope scope, int depth) {
        Sql child = expression(Kind.DATE, scope, depth);
        String unit = random.one("DAY", "MONTH", "YEAR");
        return switch (random.below(6)) {
            case 0 ->
                    Sql.of(
                                    "CAST(",
                                    child,
                                    random.one(" + ", " - "),
                                    "INTERVAL '" + random.between(0, 40) + "' " + unit,
                                    " AS DATE)")
                            .or(child);
            case 1 -> Sql.of("CAST(", expression(Kind.TIMESTAMP, scope, depth), " AS DATE)");
            case 2 ->
                    Sql.of(
                                    "CAST(date_trunc('",
                                    random.one("month", "year", "week", "quarter"),
                                    "', ",
                                    child,
                                    ") AS DATE)")
                            .or(child);
            case 3 -> Sql.of("last_day(", child, ")").or(child);
            case 4 -> Sql.of("(", child, " + ", random.between(-30, 30), ")").or(child);
            default -> scalarOr(Kind.DATE, scope, depth);
        };
    }

    private Sql timestamp(Scope scope, int depth) {
        Sql child = expression(Kind.TIMESTAMP, scope, depth);
        String unit = random.one("DAY", "MONTH", "HOUR", "SECOND");
        return switch (random.below(4)) {
            case 0 ->
                    Sql.of(
                                    "(",
                                    child,
                                    random.one(" + ", " - "),
                                    "INTERVAL '" + random.between(0, 40) + "' " + unit,
                                    ")")
                            .or(child);
            case 1 -> Sql.of("CAST(", expression(Kind.DATE, scope, depth), " AS TIMESTAMP)");
            case 2 ->
                    Sql.of(
                                    "date_trunc('",
                                    random.one("hour", "minute", "second", "day", "month"),
                                    "', ",
                                    child,
                                    ")")
                            .or(child);
            default -> scalarOr(Kind.TIMESTAMP, scope, depth);
        };
    }

    private Sql scalarOr(Kind kind, Scope scope, int depth) {
        return scope.subqueries() && random.percent(40)
                ? predicates.scalarSubquery(kind, scope)
                : expression(kind, scope, depth);
    }

    /// Makes expressions of several types.
    List<Sql> expressions(List<Kind> kinds, Scope scope, int depth) {
        List<Sql> made = new ArrayList<>();
        for (Kind kind : kinds) {
            made.add(expression(kind, scope, depth));
        }
        return made;
    }
}
