package io.neuralake.conformance.random;

import io.neuralake.conformance.random.ExpressionGenerator.Subqueries;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Makes queries over the [RandomTables] whose answers SQL leaves no freedom.
final class QueryGenerator implements Subqueries {
    private final RandomSource random;
    private final ExpressionGenerator expressions;
    private final RelationGenerator relations;
    private final AggregateGenerator aggregates;
    private final WindowGenerator windows;

    QueryGenerator(RandomSource random) {
        this.random = random;
        this.expressions = new ExpressionGenerator(random, this);
        this.relations = new RelationGenerator(random, this);
        this.aggregates = new AggregateGenerator(random, expressions);
        this.windows = new WindowGenerator(random, expressions);
    }

    /// A query.
    ///
    /// @param ordered whether the order of the rows is part of the answer
    record Query(Sql sql, boolean ordered) {}

    /// Makes a query of its own.
    Query query() {
        List<Kind> kinds = new ArrayList<>();
        for (int i = random.between(1, 5); i > 0; i--) {
            kinds.add(random.one(Kind.values()));
        }
        Sql select = random.percent(12) ? withCommon(kinds) : select(kinds, 2);
        if (random.percent(50)) {
            return new Query(select, false);
        }
        Sql order = order(kinds.size());
        Sql limit = random.percent(60) ? limit() : Sql.of("");
        return new Query(Sql.of(select, Sql.of(order, limit.or("")).or("")), true);
    }

    /// Orders by every column, so that rows which tie are equal.
    private Sql order(int columns) {
        List<Integer> ordinals =
                new ArrayList<>(IntStream.rangeClosed(1, columns).boxed().toList());
        List<String> keys = new ArrayList<>();
        while (!ordinals.isEmpty()) {
            keys.add(ordinals.remove(random.below(ordinals.size())) + direction(random));
        }
        return Sql.of(" ORDER BY ", String.join(", ", keys));
    }

    static String direction(RandomSource random) {
        return random.one(
                " ASC NULLS FIRST", " ASC NULLS LAST", " DESC NULLS FIRST", " DESC NULLS LAST");
    }

    private Sql limit() {
        String offset = random.percent(40) ? " OFFSET " + random.below(12) : "";
        return Sql.of(" LIMIT ", random.one(0, 1, 3, 10, 50), offset);
    }

    private Sql withCommon(List<Kind> kinds) {
        String name = random.alias("w");
        List<Kind> common = List.of(Kind.INTEGER, random.one(Kind.values()), Kind.VARCHAR);
        Sql definition = Sql.of("WITH ", name, " AS (", select(common, 1), ") ");
        String first = random.alias("a");
        String second = random.alias("a");
        List<Column> columns = new ArrayList<>(columns(first, common));
        columns.addAll(columns(second, common));
        String join = random.one(" JOIN ", " LEFT JOIN ", " FULL JOIN ");
        Sql from =
                Sql.of(
                        name + " AS " + first + join + name + " AS " + second,
                        " ON " + first + ".c0 = " + second + ".c0");
        Relation relation = new Relation(from, columns, 100);
        return Sql.of(definition, plainOf(relation, kinds, 2));
    }

    /// Makes a query of columns of these types, called c0, c1 and so on.
    Sql select(List<Kind> kinds, int depth) {
        return switch (depth <= 0 ? 0 : random.below(10)) {
            case 0, 1, 2 -> plain(kinds, depth, true);
            case 3, 4, 5 -> {
                Relation relation = relations.relation(depth);
                yield aggregates.select(kinds, relation, where(relation.scope(), depth));
            }
            case 6, 7 -> {
                Relation relation = relations.narrow();
                yield windows.select(kinds, relation, where(relation.scope(), 1));
            }
            default -> setOperation(kinds, depth - 1);
        };
    }

    private Sql setOperation(List<Kind> kinds, int depth) {
        Sql left = select(kinds, depth);
        Sql right = select(kinds, depth);
        String operation =
                random.one(
                        " UNION ",
                        " UNION ALL ",
                        " INTERSECT ",
                        " INTERSECT ALL ",
                        " EXCEPT ",
                        " EXCEPT ALL ");
        return Sql.of("(", left, ")", operation, "(", right, ")").or(left, right);
    }

    /// Makes a query without grouping and windows.
    Sql plain(List<Kind> kinds, int depth, boolean joins) {
        Relation relation = joins ? relations.relation(depth) : relations.small();
        return plainOf(relation, kinds, depth);
    }

    private Sql plainOf(Relation relation, List<Kind> kinds, int depth) {
        Sql distinct = random.percent(15) ? Sql.of("DISTINCT ").or("") : Sql.of("");
        return Sql.of(
                "SELECT ",
                distinct,
                named(expressions.expressions(kinds, relation.scope(), depth + 1)),
                " FROM ",
                relation.sql(),
                where(relation.scope(), depth));
    }

    private Sql where(Scope scope, int depth) {
        return random.percent(45)
                ? Sql.of(" WHERE ", expressions.predicate(scope, depth + 1)).or("")
                : Sql.of("");
    }

    Sql predicate(Scope scope, int depth) {
        return expressions.predicate(scope, depth);
    }

    /// Names expressions c0, c1 and so on.
    static List<Sql> named(List<Sql> expressions) {
        return IntStream.range(0, expressions.size())
                .mapToObj(i -> Sql.of(expressions.get(i), " AS c" + i))
                .collect(Collectors.toList());
    }

    static List<Column> columns(String alias, List<Kind> kinds) {
        return IntStream.range(0, kinds.size())
                .mapToObj(i -> new Column(alias + ".c" + i, kinds.get(i)))
                .toList();
    }

    @Override
    public Sql scalar(Kind kind, Scope outer) {
        Relation relation = relations.small();
        Sql value = expressions.leaf(kind, relation.scope().withoutSubqueries());
        String aggregate = random.one("max(", "min(");
        return Sql.of(
                "SELECT ",
                kind == Kind.BIGINT && random.percent(50)
                        ? "count(*)"
                        : Sql.of(aggregate, value, ")"),
                inner(relation, outer));
    }

    @Override
    public Sql column(Kind kind, Scope outer) {
        Relation relation = relations.small();
        Sql value = expressions.leaf(kind, relation.scope().withoutSubqueries());
        return Sql.of("SELECT ", value, inner(relation, outer));
    }

    @Override
    public Sql any(Scope outer) {
        return Sql.of("SELECT 1", inner(relations.small(), outer));
    }

    /// Makes FROM and WHERE of a sub-query, which is correlated by an equality in half of the cases.
    private Sql inner(Relation relation, Scope outer) {
        Sql where = Sql.of("");
        Scope scope = relation.scope().withoutSubqueries();
        Kind kind = random.one(Kind.INTEGER, Kind.INTEGER, Kind.VARCHAR, Kind.BIGINT);
        List<Column> keys = outer.of(kind);
        boolean correlated = !keys.isEmpty() && random.percent(50);
        if (correlated) {
            where =
                    Sql.of(
                            " WHERE ",
                            random.one(scope.of(kind)).sql(),
                            random.percent(85) ? " = " : random.one(" <> ", " < ", " >= "),
                            random.one(keys).sql());
        }
        if (random.percent(50)) {
            Scope visible = correlated && random.percent(20) ? scope.inside(outer) : scope;
            where =
                    Sql.of(
                            where,
                            Sql.of(correlated ? " AND " : " WHERE ", predicate(visible, 1)).or(""));
        }
        return Sql.of(" FROM ", relation.sql(), where.or(""));
    }
}
