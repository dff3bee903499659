package io.neuralake.conformance.delta;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/// Random statements that change the table `t`, in words that this engine and DuckDB share.
final class ChangeGenerator {
    static final String COLUMNS =
            "id INTEGER, grp INTEGER, name VARCHAR, amount DECIMAL(12, 2), ts TIMESTAMP, day DATE,"
                    + " flag BOOLEAN, ratio DOUBLE";

    private static final String NAMES = "id, grp, name, amount, ts, day, flag, ratio";

    private final Random random;
    private final boolean alters;
    private final Map<Long, List<String>> added = new HashMap<>();
    private List<String> extra = new ArrayList<>();
    private int names;
    private int nextId = 1;

    /// @param alters whether columns can be renamed and dropped
    ChangeGenerator(Random random, boolean alters) {
        this.random = random;
        this.alters = alters;
    }

    /// Runs one random statement, or a transaction of some.
    void step(TwinTables tables) {
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> tables.both(insertQuery());
            case 3 -> tables.both(insertValues());
            case 4, 5, 6 -> tables.both(delete());
            case 7, 8, 9 -> tables.both(update());
            case 10, 11, 12 -> tables.both(merge());
            case 13, 14 -> tables.both("OPTIMIZE t" + zOrder(), "SELECT 1");
            case 15 -> transaction(tables);
            case 16 -> alter(tables);
            case 17 -> restore(tables);
            case 18 -> overwrite(tables);
            default -> replace(tables);
        }
        added.put(tables.ours().version("t"), List.copyOf(extra));
        String condition = condition();
        tables.same("SELECT count(*), sum(amount), min(id), max(ts) FROM t WHERE " + condition);
        tables.sameVersion(random.nextLong(tables.ours().version("t") + 1));
    }

    /// Returns a statement that adds many rows.
    String insertQuery() {
        int count = 1 + random.nextInt(300);
        int first = nextId;
        nextId += count;
        return "INSERT INTO t (" + NAMES + ") " + rows(first, nextId - 1);
    }

    private String rows(int first, int last) {
        return "SELECT CAST(n AS INTEGER), CASE WHEN n % 7 = 0 THEN NULL ELSE CAST(n % 5 AS"
                + " INTEGER) END, CASE WHEN n % 11 = 0 THEN NULL ELSE 'n' || (n % 40) END, CAST(n"
                + " AS DECIMAL(12, 2)) + CAST('0.25' AS DECIMAL(12, 2)), CAST(DATE '2024-01-01' +"
                + " CAST(n % 30 AS INTEGER) AS TIMESTAMP), DATE '1999-12-25' + CAST(n % 400 AS"
                + " INTEGER), n % 3 = 0, CAST(n AS DOUBLE) / 8 FROM generate_series("
                + first
                + ", "
                + last
                + ") AS g(n)";
    }

    private String insertValues() {
        List<String> rows = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(4); i++) {
            int id = nextId++;
            rows.add(
                    "("
                            + id
                            + ", "
                            + (id % 5 == 0 ? "NULL" : id % 5)
                            + ", "
                            + List.of("'é %/= x'", "''", "NULL", "'it''s'").get(random.nextInt(4))
                            + ", "
                            + random.nextInt(100_000)
                            + ".5, TIMESTAMP '2024-03-31 02:30:00.12345"
                            + random.nextInt(10)
                            + "', DATE '1582-10-2"
                            + random.nextInt(10)
                            + "', "
                            + (random.nextBoolean() ? "TRUE" : "NULL")
                            + ", -0.5)");
        }
        return "INSERT INTO t (" + NAMES + ") VALUES " + String.join(", ", rows);
    }

    private String delete() {
        return "DELETE FROM t WHERE " + condition();
    }

    private String update() {
        List<String> sets = new ArrayList<>();
        sets.add(
                pick(
                        "amount = amount + 1, name = name || '*'",
                        "grp = grp + 1",
                        "grp = NULL, ratio = ratio / 2",
                        "ts = TIMESTAMP '2031-01-01 00:00:00.000001', day = DATE '2031-01-01'",
                        "name = 'u' || id",
                        "flag = NOT flag, amount = NULL"));
        if (!extra.isEmpty()) {
            sets.add(extra.get(random.nextInt(extra.size())) + " = id * 2");
        }
        return "UPDATE t SET " + String.join(", ", sets) + " WHERE " + condition();
    }

    private String merge() {
        int from = Math.max(1, nextId - random.nextInt(400));
        int to = from + random.nextInt(400);
        String source =
                "(SELECT CAST(n AS INTEGER) AS id, CAST(n % 4 AS INTEGER) AS grp, 'm' || n AS name,"
                        + " CAST(n AS DECIMAL(12, 2)) AS amount FROM generate_series("
                        + from
                        + ", "
                        + to
                        + ") AS g(n) WHERE n % "
                        + (1 + random.nextInt(4))
                        + " = 0) AS s";
        nextId = Math.max(nextId, to + 1);
        List<String> clauses = new ArrayList<>();
        if (random.nextInt(3) == 0) {
            clauses.add("WHEN MATCHED AND t.id % 5 = 1 THEN DELETE");
        }
        if (random.nextInt(4) > 0) {
            clauses.add(
                    "WHEN MATCHED THEN UPDATE SET amount = s.amount + 1, name = s.name"
                            + pick("", ", grp = s.grp"));
        }
        if (random.nextInt(4) > 0) {
            clauses.add(
                    "WHEN NOT MATCHED THEN INSERT (id, grp, name, amount) VALUES (s.id, s.grp,"
                            + " s.name, s.amount)");
        }
        if (clauses.isEmpty() || random.nextInt(4) == 0) {
            clauses.add(
                    pick(
                            "WHEN NOT MATCHED BY SOURCE AND t.id % 13 = 0 THEN DELETE",
                            "WHEN NOT MATCHED BY SOURCE AND t.id % 17 = 3 THEN UPDATE SET name ="
                                    + " 'gone'"));
        }
        return "MERGE INTO t USING "
                + source
                + " ON t.id = s.id"
                + pick("", "", " AND t.grp = s.grp")
                + " "
                + String.join(" ", clauses);
    }

    private String zOrder() {
        return pick("", "", " ZORDER BY (id)", " ZORDER BY (amount, name)");
    }

    private void transaction(TwinTables tables) {
        tables.run("BEGIN", "BEGIN");
        for (int i = 0; i <= random.nextInt(3); i++) {
            String sql =
                    switch (random.nextInt(4)) {
                        case 0 -> insertQuery();
                        case 1 -> delete();
                        case 2 -> update();
                        default -> merge();
                    };
            tables.run(sql, sql);
            tables.same("SELECT * FROM t");
        }
        tables.both(random.nextInt(3) == 0 ? "ROLLBACK" : "COMMIT");
    }

    private void alter(TwinTables tables) {
        if (extra.isEmpty() || random.nextBoolean()) {
            String name = "x" + names++;
            extra.add(name);
            tables.both("ALTER TABLE t ADD COLUMN " + name + " INTEGER");
        } else if (!alters) {
            tables.both(update());
        } else if (random.nextBoolean()) {
            tables.both("ALTER TABLE t DROP COLUMN " + extra.removeLast());
        } else {
            String name = "x" + names++;
            tables.both("ALTER TABLE t RENAME COLUMN " + extra.getFirst() + " TO " + name);
            extra.set(0, name);
        }
    }

    private void restore(TwinTables tables) {
        long version = random.nextLong(tables.ours().version("t") + 1);
        tables.restore(version);
        extra = new ArrayList<>(added.getOrDefault(version, List.of()));
    }

    private void overwrite(TwinTables tables) {
        String query = "SELECT * FROM t WHERE " + condition();
        tables.both("INSERT OVERWRITE t " + query, "CREATE OR REPLACE TABLE t AS " + query);
    }

    private void replace(TwinTables tables) {
        if (random.nextInt(3) == 0) {
            tables.both("TRUNCATE TABLE t", "DELETE FROM t");
        }
        tables.both(insertQuery());
    }

    private String condition() {
        String one = simpleCondition();
        return switch (random.nextInt(4)) {
            case 0 -> one + " AND " + simpleCondition();
            case 1 -> "(" + one + " OR " + simpleCondition() + ")";
            default -> one;
        };
    }

    private String simpleCondition() {
        int id = random.nextInt(nextId);
        return switch (random.nextInt(11)) {
            case 0 -> "id BETWEEN " + id + " AND " + (id + random.nextInt(200));
            case 1, 2 -> "id % " + (2 + random.nextInt(9)) + " = 1";
            case 3 -> "grp = " + random.nextInt(6);
            case 4 -> "grp IN (1, 3)";
            case 5 -> "name LIKE 'n" + random.nextInt(4) + "%'";
            case 6 -> "amount > " + id + ".3";
            case 7 -> "day < DATE '2000-0" + (1 + random.nextInt(9)) + "-01'";
            case 8 -> pick("name IS NULL", "grp IS NULL", "amount IS NULL AND flag");
            case 9 -> "ts >= TIMESTAMP '2024-01-2" + random.nextInt(10) + " 00:00:00'";
            default -> "id IN (SELECT max(id) FROM t GROUP BY grp)";
        };
    }

    private String pick(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @Override
    public String toString() {
        return extra.stream().collect(Collectors.joining(", ", "extra columns: ", ""));
    }
}
