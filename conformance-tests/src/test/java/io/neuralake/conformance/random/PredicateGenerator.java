package io.neuralake.conformance.random;

import io.neuralake.conformance.random.ExpressionGenerator.Subqueries;

import java.util.ArrayList;
import java.util.List;

/// Makes conditions, most of which can be unknown.
final class PredicateGenerator {
    private static final List<Kind> COMPARED =
            List.of(
                    Kind.INTEGER,
                    Kind.INTEGER,
                    Kind.BIGINT,
                    Kind.DECIMAL,
                    Kind.DOUBLE,
                    Kind.VARCHAR,
                    Kind.VARCHAR,
                    Kind.DATE,
                    Kind.TIMESTAMP,
                    Kind.BOOLEAN);

    private final RandomSource random;
    private final ExpressionGenerator expressions;
    private final Subqueries subqueries;

    PredicateGenerator(
            RandomSource random, ExpressionGenerator expressions, Subqueries subqueries) {
        this.random = random;
        this.expressions = expressions;
        this.subqueries = subqueries;
    }

    Sql predicate(Scope scope, int depth) {
        Sql made =
                depth > 0 && random.percent(45) ? nested(scope, depth - 1) : simple(scope, depth);
        return made.or("TRUE", "FALSE");
    }

    Sql scalarSubquery(Kind kind, Scope scope) {
        return Sql.of("(", subqueries.scalar(kind, scope), ")");
    }

    private Sql nested(Scope scope, int depth) {
        Sql left = predicate(scope, depth);
        Sql right = predicate(scope, depth);
        return switch (random.below(6)) {
            case 0, 1 -> Sql.of("(", left, " AND ", right, ")").or(left, right);
            case 2, 3 -> Sql.of("(", left, " OR ", right, ")").or(left, right);
            case 4 -> Sql.of("(NOT ", left, ")").or(left);
            default ->
                    Sql.of(
                                    "(",
                                    left,
                                    random.one(
                                            " IS TRUE",
                                            " IS FALSE",
                                            " IS NOT TRUE",
                                            " IS NOT FALSE",
                                            " IS NULL",
                                            " IS NOT NULL"),
                                    ")")
                            .or(left);
        };
    }

    private Sql simple(Scope scope, int depth) {
        Kind kind = random.one(COMPARED);
        if (scope.subqueries() && random.percent(22)) {
            return subquery(kind, scope);
        }
        Sql left = expressions.expression(kind, scope, depth - 1);
        return switch (random.below(10)) {
            case 0, 1, 2 -> comparison(kind, left, scope, depth);
            case 3 -> Sql.of("(", left, random.one(" IS NULL", " IS NOT NULL"), ")");
            case 4 -> {
                String between = random.one(" BETWEEN ", " NOT BETWEEN ");
                Sql low = expressions.leaf(kind, scope);
                yield Sql.of("(", left, between, low, " AND ", expressions.leaf(kind, scope), ")");
            }
            case 5 -> in(kind, left);
            case 6 -> {
                String operator = random.one(" IS DISTINCT FROM ", " IS NOT DISTINCT FROM ");
                yield Sql.of("(", left, operator, expressions.leaf(kind, scope), ")");
            }
            case 7 -> text(expressions.expression(Kind.VARCHAR, scope, depth - 1), scope);
            case 8 -> expressions.leaf(Kind.BOOLEAN, scope);
            default -> comparison(kind, left, scope, depth);
        };
    }

    private Sql comparison(Kind kind, Sql left, Scope scope, int depth) {
        Kind other =
                kind.isNumber() && random.percent(30)
                        ? random.one(Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL, Kind.DOUBLE)
                        : kind;
        Sql right = expressions.expression(other, scope, depth - 1);
        return Sql.of("(", left, operator(), right, ")");
    }

    private String operator() {
        return random.one(" = ", " = ", " <> ", " < ", " <= ", " > ", " >= ");
    }

    private Sql in(Kind kind, Sql left) {
        List<Sql> values = new ArrayList<>();
        for (int i = random.between(1, 5); i > 0; i--) {
            values.add(expressions.literal(kind));
        }
        return Sql.of("(", left, random.one(" IN (", " NOT IN ("), values, "))");
    }

    private Sql text(Sql text, Scope scope) {
        return switch (random.below(4)) {
            case 0 ->
                    Sql.of("starts_with(", text, ", ", expressions.leaf(Kind.VARCHAR, scope), ")");
            case 1 -> Sql.of("contains(", text, ", ", expressions.leaf(Kind.VARCHAR, scope), ")");
            default -> {
                String pattern =
                        random.one(
                                "a%",
                                "%b%",
                                "%a",
                                "_",
                                "__",
                                "%",
                                "",
                                "ab_",
                                "%ä%",
                                "%日_%",
                                "a%b",
                                "%more%twel%",
                                "A%");
                yield Sql.of("(", text, random.one(" LIKE '", " NOT LIKE '"), pattern, "')");
            }
        };
    }

    private Sql subquery(Kind kind, Scope scope) {
        Sql left = expressions.leaf(kind, scope);
        return switch (random.below(8)) {
            case 0, 1 ->
                    Sql.of("(", random.one("", "NOT "), "EXISTS (", subqueries.any(scope), "))");
            case 2, 3 -> Sql.of("(", left, " IN (", subqueries.column(kind, scope), "))");
            case 4, 5 -> Sql.of("(", left, " NOT IN (", subqueries.column(kind, scope), "))");
            case 6 -> {
                String quantifier = random.one("ANY (", "ALL (");
                Sql column = subqueries.column(kind, scope);
                yield Sql.of("(", left, operator(), quantifier, column, "))");
            }
            default -> Sql.of("(", left, operator(), scalarSubquery(kind, scope), ")");
        };
    }
}
