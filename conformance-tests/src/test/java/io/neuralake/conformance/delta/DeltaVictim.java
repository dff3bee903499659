package io.neuralake.conformance.delta;

import io.neuralake.exec.EngineSettings;

import java.nio.file.Path;

/// A process that runs one kind of statement on the table `t` of a lake again and again, until it is
/// killed. It says `start` and the number of each statement before, and `done` and the number after it.
final class DeltaVictim {
    /// What is run. After the statement with number n the table has rows that only n statements leave.
    enum Kind {
        /// Adds rows.
        INSERT,
        /// Changes all rows and adds some.
        MERGE,
        /// Adds a row and compacts.
        OPTIMIZE,
        /// Makes the table anew.
        REPLACE;

        private static final int BULK = 20_000;
        private static final int GROWTH = 100;

        /// Returns the statements with a number.
        String[] statements(long n) {
            return switch (this) {
                case INSERT ->
                        new String[] {
                            "INSERT INTO t SELECT "
                                    + n
                                    + ", i FROM generate_series(1, 20000) AS g(i)"
                        };
                case MERGE ->
                        new String[] {
                            "MERGE INTO t USING (SELECT i FROM generate_series(1, "
                                    + (BULK + GROWTH * n)
                                    + ") AS g(i)) AS s ON t.i = s.i WHEN MATCHED THEN UPDATE SET n"
                                    + " = n + 1 WHEN NOT MATCHED THEN INSERT VALUES ("
                                    + n
                                    + ", s.i)"
                        };
                case OPTIMIZE ->
                        new String[] {"INSERT INTO t VALUES (" + n + ", " + n + ")", "OPTIMIZE t"};
                case REPLACE ->
                        new String[] {
                            "CREATE OR REPLACE TABLE t TBLPROPERTIES"
                                    + " ('delta.checkpointInterval' = '5') AS SELECT CAST("
                                    + n
                                    + " AS BIGINT) AS n, i FROM generate_series(1, 20000) AS g(i)"
                        };
            };
        }

        /// Returns a query of whether the table is as after `n` statements: 1 if it is.
        String check(long n) {
            String good =
                    switch (this) {
                        case INSERT ->
                                "count(*) = "
                                        + BULK * n
                                        + " AND count(DISTINCT n) = "
                                        + n
                                        + " AND coalesce(max(n), 0) = "
                                        + n
                                        + " AND coalesce(sum(i), 0) = "
                                        + BULK * (BULK + 1L) / 2 * n;
                        case MERGE ->
                                "count(*) = "
                                        + (n == 0 ? 0 : BULK + GROWTH * n)
                                        + " AND count(DISTINCT i) = count(*) AND coalesce(min(n),"
                                        + " 0) = "
                                        + n
                                        + " AND coalesce(max(n), 0) = "
                                        + n;
                        case OPTIMIZE ->
                                "count(*) = "
                                        + n
                                        + " AND count(DISTINCT i) = "
                                        + n
                                        + " AND coalesce(max(n), 0) = "
                                        + n;
                        case REPLACE ->
                                "count(*) = "
                                        + (n == 0 ? 0 : BULK)
                                        + " AND count(DISTINCT i) = count(*) AND coalesce(min(n),"
                                        + " 0) = "
                                        + n
                                        + " AND coalesce(max(n), 0) = "
                                        + n;
                    };
            return "SELECT CASE WHEN " + good + " THEN 1 ELSE 0 END FROM t";
        }
    }

    private DeltaVictim() {}

    /// Arguments: the lake, the kind, and the first number.
    public static void main(String[] arguments) {
        Kind kind = Kind.valueOf(arguments[1]);
        EngineSettings small =
                EngineSettings.defaults().withThreads(1).withMemoryLimitBytes(128L << 20);
        try (EmbeddedLake lake = new EmbeddedLake(Path.of(arguments[0]), small)) {
            for (long n = Long.parseLong(arguments[2]); true; n++) {
                System.out.println("start " + n);
                for (String statement : kind.statements(n)) {
                    lake.run(statement);
                }
                System.out.println("done " + n);
            }
        }
    }
}
