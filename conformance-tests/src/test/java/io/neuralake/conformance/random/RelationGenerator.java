package io.neuralake.conformance.random;

import io.neuralake.conformance.random.RandomTables.Table;

import java.util.ArrayList;
import java.util.List;

/// Makes what stands in FROM: tables, sub-queries, joins of all kinds.
final class RelationGenerator {
    private static final long MOST_JOINED_ROWS = 50_000;
    private static final int KEYS = 10;

    private static final List<Kind> JOINED =
            List.of(
                    Kind.INTEGER,
                    Kind.INTEGER,
                    Kind.INTEGER,
                    Kind.BIGINT,
                    Kind.VARCHAR,
                    Kind.DATE,
                    Kind.DECIMAL,
                    Kind.DOUBLE,
                    Kind.TIMESTAMP,
                    Kind.BOOLEAN);

    private final RandomSource random;
    private final QueryGenerator queries;

    RelationGenerator(RandomSource random, QueryGenerator queries) {
        this.random = random;
        this.queries = queries;
    }

    /// Makes a relation of one to three others.
    Relation relation(int depth) {
        Relation left = single(depth);
        int joins = depth <= 0 ? 0 : random.one(0, 0, 1, 1, 1, 2);
        for (int i = 0; i < joins; i++) {
            left = join(left, single(depth - 1));
        }
        return left;
    }

    /// Makes a relation of few columns for windows. No two of its rows are equal: two functions may
    /// order rows that tie differently.
    Relation narrow() {
        List<Kind> kinds =
                List.of(Kind.INTEGER, random.one(Kind.values()), random.one(Kind.values()));
        Sql rows = queries.plain(kinds, 1, false);
        return derived(kinds, Sql.of("SELECT DISTINCT * FROM (", rows, ") AS ", random.alias("q")));
    }

    Relation table(Table table) {
        String alias = random.alias("a");
        return new Relation(
                Sql.of(table.name(), " AS ", alias), RandomTables.columns(alias), table.rows());
    }

    /// Makes a table without many rows.
    Relation small() {
        boolean empty = random.percent(4);
        return table(
                random.one(
                        RandomTables.TABLES.stream()
                                .filter(t -> !t.large() && (t.rows() == 0) == empty)
                                .toList()));
    }

    private Relation single(int depth) {
        if (depth > 0 && random.percent(30)) {
            List<Kind> kinds = new ArrayList<>(List.of(Kind.INTEGER));
            for (int i = random.between(1, 3); i > 0; i--) {
                kinds.add(random.one(Kind.values()));
            }
            return derived(kinds, queries.select(kinds, depth - 1));
        }
        return random.percent(15) ? table(random.one(RandomTables.TABLES)) : small();
    }

    /// Puts a query into FROM; its columns are called c0, c1 and so on.
    Relation derived(List<Kind> kinds, Sql query) {
        String alias = random.alias("q");
        return new Relation(
                Sql.of("(", query, ") AS ", alias), QueryGenerator.columns(alias, kinds), 60);
    }

    private Relation join(Relation left, Relation right) {
        List<Column> columns = new ArrayList<>(left.columns());
        columns.addAll(right.columns());
        long product = left.rows() * Math.max(1, right.rows());
        if (product <= 2_000 && random.percent(15)) {
            Sql cross = Sql.of(left.sql(), " CROSS JOIN ", right.sql());
            return new Relation(cross.or(left.sql(), right.sql()), columns, product);
        }
        Kind kind = random.one(JOINED);
        if (product / KEYS > MOST_JOINED_ROWS
                || left.scope().of(kind).isEmpty()
                || right.scope().of(kind).isEmpty()) {
            return left;
        }
        Sql condition = Sql.of(one(left, kind), " = ", one(right, kind));
        if (random.percent(20)) {
            condition =
                    Sql.of(
                            condition,
                            " AND ",
                            Sql.of(one(left, Kind.INTEGER), " = ", one(right, Kind.INTEGER)));
        }
        if (random.percent(35)) {
            Scope scope = new Scope(columns, false);
            condition = Sql.of(condition, Sql.of(" AND ", queries.predicate(scope, 1)).or(""));
        }
        String join =
                random.one(
                        " JOIN ",
                        " JOIN ",
                        " LEFT JOIN ",
                        " LEFT JOIN ",
                        " RIGHT JOIN ",
                        " FULL JOIN ");
        Sql sql = Sql.of("(", left.sql(), join, right.sql(), " ON ", condition, ")");
        return new Relation(
                sql.or(left.sql(), right.sql()), columns, Math.max(left.rows(), product / KEYS));
    }

    private String one(Relation relation, Kind kind) {
        List<Column> columns = relation.scope().of(kind);
        return (columns.isEmpty() ? relation.columns().getFirst() : random.one(columns)).sql();
    }
}
