package io.neuralake.conformance.random;

import java.util.ArrayList;
import java.util.List;

/// Makes queries with window functions. Where a function depends on the order of rows, the order is by
/// every column, and no two rows are equal.
final class WindowGenerator {
    private final RandomSource random;
    private final ExpressionGenerator expressions;

    WindowGenerator(RandomSource random, ExpressionGenerator expressions) {
        this.random = random;
        this.expressions = expressions;
    }

    Sql select(List<Kind> kinds, Relation relation, Sql where) {
        List<Sql> items = new ArrayList<>();
        for (Kind kind : kinds) {
            items.add(
                    random.percent(70)
                            ? function(kind, relation).or(expressions.leaf(kind, relation.scope()))
                            : expressions.leaf(kind, relation.scope()));
        }
        return Sql.of("SELECT ", QueryGenerator.named(items), " FROM ", relation.sql(), where);
    }

    private Sql function(Kind kind, Relation relation) {
        Scope scope = relation.scope().withoutSubqueries();
        Sql argument = expressions.expression(kind, scope, 1);
        if (random.percent(55)) {
            return switch (random.below(6)) {
                case 0 -> Sql.of(random.one("lag(", "lead("), argument, ")", total(relation, ""));
                case 1 ->
                        Sql.of(
                                random.one("lag(", "lead("),
                                argument,
                                ", " + random.below(4) + ", ",
                                expressions.literal(kind),
                                ")",
                                total(relation, ""));
                case 2 ->
                        Sql.of(
                                random.one("first_value(", "last_value("),
                                argument,
                                ")",
                                total(relation, rows()));
                case 3 ->
                        Sql.of(
                                "nth_value(",
                                argument,
                                ", " + random.between(1, 3) + ")",
                                total(relation, rows()));
                default -> Sql.of(random.one("max(", "min("), argument, ")", any(relation));
            };
        }
        return switch (kind) {
            case BIGINT -> whole(relation, scope);
            case INTEGER -> Sql.of("CAST(", whole(relation, scope), " AS INTEGER)");
            case DECIMAL -> Sql.of("sum(", argument, ")", any(relation));
            case DOUBLE ->
                    switch (random.below(3)) {
                        case 0 -> Sql.of("sum(", argument, ")", any(relation));
                        case 1 ->
                                Sql.of(
                                        "avg(",
                                        expressions.expression(Kind.INTEGER, scope, 1),
                                        ")",
                                        any(relation));
                        default ->
                                Sql.of(random.one("percent_rank()", "cume_dist()"), one(relation));
                    };
            case BOOLEAN ->
                    Sql.of(
                            random.one("bool_and(", "bool_or("),
                            expressions.predicate(scope, 1),
                            ")",
                            any(relation));
            case VARCHAR, DATE, TIMESTAMP ->
                    Sql.of(random.one("max(", "min("), argument, ")", any(relation));
        };
    }

    private Sql whole(Relation relation, Scope scope) {
        Sql argument = expressions.expression(random.one(Kind.values()), scope, 1);
        return switch (random.below(6)) {
            case 0 -> Sql.of("row_number()", total(relation, ""));
            case 1 -> Sql.of(random.one("rank()", "dense_rank()"), one(relation));
            case 2 -> Sql.of("ntile(", random.between(1, 5), ")", total(relation, ""));
            case 3 -> Sql.of("count(*)", any(relation));
            case 4 -> Sql.of("count(", argument, ")", any(relation));
            default ->
                    Sql.of(
                            "CAST(sum(",
                            expressions.expression(Kind.INTEGER, scope, 1),
                            ")",
                            any(relation),
                            " AS BIGINT)");
        };
    }

    private Sql any(Relation relation) {
        return switch (random.below(5)) {
            case 0 -> Sql.of(" OVER (", partition(relation), ")");
            case 1 -> one(relation);
            case 2 -> range(relation);
            default -> total(relation, rows());
        };
    }

    /// Orders by one column, with all ties in the frame or rank.
    private Sql one(Relation relation) {
        return Sql.of(
                " OVER (",
                partition(relation),
                " ORDER BY ",
                random.one(relation.columns()).sql(),
                QueryGenerator.direction(random),
                ")");
    }

    /// Orders by one number, with a frame of values.
    private Sql range(Relation relation) {
        String order = random.one(relation.scope().of(Kind.INTEGER)).sql();
        return Sql.of(
                " OVER (",
                partition(relation),
                " ORDER BY ",
                order,
                QueryGenerator.direction(random),
                " RANGE BETWEEN ",
                frame(),
                ")");
    }

    private Sql total(Relation relation, String frame) {
        List<String> keys = new ArrayList<>();
        for (Column column : relation.columns()) {
            keys.add(column.sql() + QueryGenerator.direction(random));
        }
        return Sql.of(
                " OVER (",
                partition(relation),
                " ORDER BY ",
                String.join(", ", keys),
                Sql.of(frame).or(""),
                ")");
    }

    private Sql partition(Relation relation) {
        return random.percent(50)
                ? Sql.of("PARTITION BY ", random.one(relation.columns()).sql()).or("")
                : Sql.of("");
    }

    private String rows() {
        return random.percent(30) ? "" : " ROWS BETWEEN " + frame();
    }

    private String frame() {
        int from = random.between(-3, 3);
        int to = random.between(from, 4);
        String start = random.percent(30) ? "UNBOUNDED PRECEDING" : bound(from);
        String end = random.percent(30) ? "UNBOUNDED FOLLOWING" : bound(to);
        return start + " AND " + end;
    }

    private static String bound(int offset) {
        if (offset == 0) {
            return "CURRENT ROW";
        }
        return Math.abs(offset) + (offset < 0 ? " PRECEDING" : " FOLLOWING");
    }
}
