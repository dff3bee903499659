package io.neuralake.conformance.random;

import java.util.ArrayList;
import java.util.List;

/// Makes grouped queries: GROUP BY, ROLLUP, CUBE, GROUPING SETS, HAVING, FILTER and DISTINCT. Keys are
/// different columns: ROLLUP (a, a) has two grouping sets here, three in DuckDB.
final class AggregateGenerator {
    private final RandomSource random;
    private final ExpressionGenerator expressions;

    AggregateGenerator(RandomSource random, ExpressionGenerator expressions) {
        this.random = random;
        this.expressions = expressions;
    }

    /// A key of the grouping.
    private record Key(Sql sql, Kind kind) {}

    Sql select(List<Kind> kinds, Relation relation, Sql where) {
        Scope scope = relation.scope().withoutSubqueries();
        List<Key> keys = keys(scope);
        List<Sql> items = new ArrayList<>();
        for (Kind kind : kinds) {
            List<Key> fitting = keys.stream().filter(key -> key.kind == kind).toList();
            items.add(
                    !fitting.isEmpty() && random.percent(60)
                            ? random.one(fitting).sql
                            : aggregate(kind, scope));
        }
        return Sql.of(
                "SELECT ",
                QueryGenerator.named(items),
                " FROM ",
                relation.sql(),
                where,
                groupBy(keys),
                having(scope));
    }

    private List<Key> keys(Scope scope) {
        List<Key> keys = new ArrayList<>();
        List<Column> columns = new ArrayList<>(scope.columns());
        for (int i = random.one(0, 1, 1, 2, 2, 3); i > 0 && !columns.isEmpty(); i--) {
            Column column = columns.remove(random.below(columns.size()));
            boolean computed = random.percent(25);
            keys.add(
                    new Key(
                            computed
                                    ? Sql.of(
                                            "coalesce(",
                                            column.sql(),
                                            ", ",
                                            RandomValues.literal(column.kind(), random),
                                            ")")
                                    : Sql.of(column.sql()),
                            column.kind()));
        }
        return keys;
    }

    private Sql groupBy(List<Key> keys) {
        if (keys.isEmpty()) {
            return Sql.of("");
        }
        List<Sql> all = keys.stream().map(Key::sql).toList();
        Sql plain = Sql.of(" GROUP BY ", all);
        return switch (random.below(8)) {
            case 0 -> Sql.of(" GROUP BY ROLLUP (", all, ")").or(plain);
            case 1 -> Sql.of(" GROUP BY CUBE (", all, ")").or(plain);
            case 2 ->
                    keys.size() == 1
                            ? plain
                            : Sql.of(
                                            " GROUP BY GROUPING SETS ((",
                                            all,
                                            "), (",
                                            all.getFirst(),
                                            "), (",
                                            all.getLast(),
                                            ")",
                                            random.one("", ", ()"),
                                            ")")
                                    .or(plain);
            default -> plain;
        };
    }

    private Sql having(Scope scope) {
        if (random.percent(75)) {
            return Sql.of("");
        }
        Kind kind = random.one(Kind.values());
        Sql condition =
                random.percent(50)
                        ? Sql.of("count(*) > ", random.below(4))
                        : Sql.of(
                                aggregate(kind, scope),
                                random.one(" = ", " <> ", " < ", " >= "),
                                expressions.literal(kind));
        return Sql.of(" HAVING ", condition).or("");
    }

    /// Makes an aggregate of a type.
    Sql aggregate(Kind kind, Scope scope) {
        Sql argument = expressions.expression(kind, scope, 1);
        Sql extreme = Sql.of(random.one("max(", "min("), argument, ")", filter(scope));
        if (random.percent(35)) {
            return extreme;
        }
        return switch (kind) {
            case BIGINT -> count(scope);
            case INTEGER -> Sql.of("CAST(", count(scope), " AS INTEGER)");
            case DECIMAL -> Sql.of("sum(", distinct(), argument, ")", filter(scope));
            case DOUBLE -> {
                Kind of = random.one(Kind.INTEGER, Kind.BIGINT, Kind.DOUBLE);
                Sql number = expressions.expression(of, scope, 1);
                yield of == Kind.DOUBLE && random.percent(50)
                        ? Sql.of("sum(", distinct(), argument, ")", filter(scope))
                        : Sql.of("avg(", distinct(), number, ")", filter(scope));
            }
            case BOOLEAN ->
                    Sql.of(
                            random.one("bool_and(", "bool_or("),
                            expressions.predicate(scope, 1),
                            ")",
                            filter(scope));
            case VARCHAR -> {
                List<Column> texts = scope.of(Kind.VARCHAR);
                if (texts.isEmpty()) {
                    yield extreme;
                }
                String text = random.one(texts).sql();
                yield Sql.of(
                        "string_agg(",
                        text,
                        ", ';' ORDER BY ",
                        text,
                        QueryGenerator.direction(random),
                        ")",
                        filter(scope));
            }
            case DATE, TIMESTAMP -> extreme;
        };
    }

    private Sql count(Scope scope) {
        Sql counted = expressions.expression(random.one(Kind.values()), scope, 1);
        Sql number = expressions.expression(random.one(Kind.INTEGER, Kind.BIGINT), scope, 1);
        return switch (random.below(5)) {
            case 0 -> Sql.of("count(*)", filter(scope));
            case 1 -> Sql.of("count(", counted, ")", filter(scope));
            case 2 -> Sql.of("count(DISTINCT ", counted, ")", filter(scope));
            case 3 -> Sql.of("CAST(sum(", distinct(), number, ")", filter(scope), " AS BIGINT)");
            default -> Sql.of("count(*)");
        };
    }

    private Sql distinct() {
        return random.percent(25) ? Sql.of("DISTINCT ").or("") : Sql.of("");
    }

    private Sql filter(Scope scope) {
        return random.percent(25)
                ? Sql.of(" FILTER (WHERE ", expressions.predicate(scope, 1), ")").or("")
                : Sql.of("");
    }
}
